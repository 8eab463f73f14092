import { hexToBytes } from '@ringdown/crypto/bytes';
import { LocalSigner } from '@ringdown/crypto/signer';
import type { GatewayToMember, MemberToGateway } from '@ringdown/protocol/call-group';
import { ConnectionId, type CallId, type PublicKeyHex } from '@ringdown/protocol/ids';
import type { NostrEvent } from '@ringdown/protocol/nostr-event';
import { createConsoleLeg } from './console-leg.ts';

// A page with nothing but the leg, for tests that drive it from outside: tests/secrecy. Not part of the console.

declare global {
  interface HarnessSetup {
    readonly secretKey: string;
    readonly adminPublicKey: PublicKeyHex;
    readonly roster: NostrEvent;
    /** What this page's microphone "hears". */
    readonly microphoneHz: number;
  }

  interface Window {
    /** Given by the test. */
    sendMls(callId: CallId, message: MemberToGateway | GatewayToMember): Promise<void>;
    startLeg(setup: HarnessSetup): void;
    leg: ReturnType<typeof createConsoleLeg>;
    /** Share of the power at `hz` of everything that is played now, 0 when all is still. */
    hears(hz: number): number;
  }
}

/** What the microphone "other" hears. */
const OTHER_HZ = 1700;

const context = new AudioContext({ sampleRate: 48_000 });
const ears = context.createAnalyser();
ears.fftSize = 8192;

const srcObject = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
  ...srcObject,
  set(this: HTMLMediaElement, stream: MediaStream | null) {
    srcObject?.set?.call(this, stream);
    if (stream && stream.getAudioTracks().length > 0) context.createMediaStreamSource(stream).connect(ears);
  },
});

function hears(hz: number): number {
  const samples = new Float32Array(ears.fftSize);
  ears.getFloatTimeDomainData(samples);
  let [sine, cosine, power] = [0, 0, 0];
  samples.forEach((sample, at) => {
    const angle = (2 * Math.PI * hz * at) / 48_000;
    sine += sample * Math.sin(angle);
    cosine += sample * Math.cos(angle);
    power += sample * sample;
  });
  return power / samples.length < 1e-6 ? 0 : (2 * (sine * sine + cosine * cosine)) / samples.length / power;
}

function microphoneOf(hz: number): MediaStream {
  const [tone, level] = [context.createOscillator(), context.createGain()];
  const output = context.createMediaStreamDestination();
  tone.frequency.value = hz;
  level.gain.value = 0.5;
  tone.connect(level).connect(output);
  tone.start();
  return output.stream;
}

window.hears = hears;
window.startLeg = ({ secretKey, adminPublicKey, roster, microphoneHz }) => {
  void context.resume();
  navigator.mediaDevices.getUserMedia = (wanted) => {
    const audio = typeof wanted?.audio === 'object' ? wanted.audio : {};
    return Promise.resolve(microphoneOf(JSON.stringify(audio.deviceId)?.includes('other') ? OTHER_HZ : microphoneHz));
  };
  window.leg = createConsoleLeg({
    connectionId: ConnectionId.parse(crypto.randomUUID()),
    signer: new LocalSigner(hexToBytes(secretKey)),
    origin: location.origin,
    adminPublicKey,
    roster: () => roster,
    send: (callId, message) => void window.sendMls(callId, message),
    devices: {},
    now: Date.now,
  });
};
