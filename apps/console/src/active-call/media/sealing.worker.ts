import { FrameSeal } from './frame-seal.ts';
import { NO_FACTS, type SealingFacts, type ToSealingWorker, type TransformOptions } from './sealing-messages.ts';

const FACTS_EVERY_MS = 200;

interface EncodedFrame {
  data: ArrayBuffer;
  /** RTP timestamp; Chromium's audio frames also have it in the metadata. */
  readonly timestamp?: number;
  getMetadata(): { synchronizationSource?: number; rtpTimestamp?: number };
}

/** The parts of a dedicated worker's scope that TypeScript's library for pages doesn't have. */
interface TransformEvent extends Event {
  readonly transformer: {
    readonly readable: ReadableStream<EncodedFrame>;
    readonly writable: WritableStream<EncodedFrame>;
    readonly options: TransformOptions;
  };
}

const seal = new FrameSeal();
// Until the page says otherwise: a microphone is opened while it rings.
let muted = true;
const facts: { -readonly [Name in keyof SealingFacts]: SealingFacts[Name] } = { ...NO_FACTS };
let told = JSON.stringify(facts);

setInterval(() => {
  const now = JSON.stringify(facts);
  if (now === told) return;
  told = now;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's page has no other origin
  self.postMessage({ ...facts });
}, FACTS_EVERY_MS);

self.addEventListener('message', ({ data }: MessageEvent<ToSealingWorker>) => {
  switch (data.kind) {
    case 'set-key':
      return seal.setKey(data.keyIndex, data.key);
    case 'use-key':
      return seal.useKey(data.keyIndex);
    case 'drop-key':
      return seal.dropKey(data.keyIndex);
    case 'mute':
      muted = data.muted;
      return;
  }
});

self.addEventListener('rtctransform', (event) => {
  const { readable, writable, options } = (event as TransformEvent).transformer;
  const transform = options.side === 'send' ? sendFrame : receiveFrame;
  // Ends with an error when the track or the connection is closed; there is nothing to do about it then.
  readable
    .pipeThrough(new TransformStream({ transform }))
    .pipeTo(writable)
    .catch(() => undefined);
});

async function sendFrame(
  frame: EncodedFrame,
  controller: TransformStreamDefaultController<EncodedFrame>,
): Promise<void> {
  // An empty frame is a pause of the encoder: it says nothing.
  if (frame.data.byteLength === 0) return controller.enqueue(frame);
  const sealed = muted ? null : await sealFrame(frame);
  if (!sealed || muted) {
    facts.withheld += 1;
    return;
  }
  frame.data = sealed;
  facts.sealed += 1;
  facts.sealedKeyIndex = seal.sendingIndex;
  controller.enqueue(frame);
}

function sealFrame(frame: EncodedFrame): Promise<ArrayBuffer | null> {
  const { synchronizationSource: ssrc, rtpTimestamp = frame.timestamp } = frame.getMetadata();
  // Both make the IV, which must never come twice under a key that others send with too.
  if (ssrc === undefined || rtpTimestamp === undefined) return Promise.resolve(null);
  return seal.seal(frame.data, ssrc, rtpTimestamp);
}

async function receiveFrame(
  frame: EncodedFrame,
  controller: TransformStreamDefaultController<EncodedFrame>,
): Promise<void> {
  if (frame.data.byteLength === 0) return controller.enqueue(frame);
  const opened = await seal.open(frame.data);
  if (typeof opened === 'string') {
    facts.refused += 1;
    return;
  }
  frame.data = opened.frame;
  facts.opened += 1;
  facts.openedKeyIndex = opened.keyIndex;
  controller.enqueue(frame);
}
