export interface Loudspeaker {
  play(samples: Float32Array): void;
  close(): void;
}

export interface Microphone {
  close(): void;
}

const WORKLET = '/phone-worklet.js';

/** Needs a click first: browsers keep quiet until then. */
export async function openLoudspeaker(): Promise<Loudspeaker> {
  // The browser brings 8 kHz up to the machine's rate better than we would.
  const context = new AudioContext({ sampleRate: 8000 });
  await context.audioWorklet.addModule(WORKLET);
  const node = new AudioWorkletNode(context, 'loudspeaker', { numberOfInputs: 0, outputChannelCount: [1] });
  node.connect(context.destination);
  return {
    play: (samples) => node.port.postMessage(samples, [samples.buffer]),
    close: () => void context.close(),
  };
}

/** 20 ms at 8 kHz at a time. Rejects when the person or the machine has no microphone to give. */
export async function openMicrophone(onSound: (samples: Float32Array) => void): Promise<Microphone> {
  const stream = await navigator.mediaDevices.getUserMedia({
    // A telephone doesn't clean the sound: what its microphone takes is what the carrier gets, test tones too.
    audio: { echoCancellation: true, noiseSuppression: false, autoGainControl: false },
  });
  const context = new AudioContext();
  await context.audioWorklet.addModule(WORKLET);
  const node = new AudioWorkletNode(context, 'microphone', { numberOfOutputs: 0 });
  node.port.addEventListener('message', ({ data }: MessageEvent<Float32Array>) => onSound(data));
  node.port.start();
  context.createMediaStreamSource(stream).connect(node);
  return {
    close: () => {
      for (const track of stream.getTracks()) track.stop();
      void context.close();
    },
  };
}
