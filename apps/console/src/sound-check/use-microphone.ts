import { useEffect, useState } from 'react';

interface MicrophoneState {
  /** 0 to 1, about 15 times a second. */
  readonly level: number;
  readonly state: 'off' | 'ready' | 'denied' | 'missing';
  readonly inputs: readonly { id: string; name: string }[];
}

const OFF: MicrophoneState = { level: 0, state: 'off', inputs: [] };
const LOOK_EVERY_MS = 66;

/** Listens only while `on`; nothing is recorded or sent. */
export function useMicrophone(on: boolean, microphoneId: string | undefined): MicrophoneState {
  const [microphone, setMicrophone] = useState(OFF);
  useEffect(() => {
    if (!on) return;
    let over = false;
    let end = () => {};
    const start = async () => {
      const audio = microphoneId === undefined ? true : { deviceId: { ideal: microphoneId } };
      const stream = await navigator.mediaDevices.getUserMedia({ audio });
      const context = new AudioContext();
      const analyser = new AnalyserNode(context, { fftSize: 1024 });
      context.createMediaStreamSource(stream).connect(analyser);
      const samples = new Float32Array(analyser.fftSize);
      // Names of devices are told only once a microphone was allowed.
      const inputs = (await navigator.mediaDevices.enumerateDevices())
        .filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '' && deviceId !== 'default')
        .map(({ deviceId, label }) => ({ id: deviceId, name: label }));
      const timer = setInterval(() => {
        analyser.getFloatTimeDomainData(samples);
        let sum = 0;
        for (const sample of samples) sum += sample * sample;
        setMicrophone({ level: Math.min(1, Math.sqrt(sum / samples.length) * 5), state: 'ready', inputs });
      }, LOOK_EVERY_MS);
      end = () => {
        clearInterval(timer);
        for (const track of stream.getTracks()) track.stop();
        void context.close();
      };
      if (over) end();
    };
    start().catch((error: unknown) => {
      const missing = error instanceof DOMException && error.name === 'NotFoundError';
      setMicrophone({ ...OFF, state: missing ? 'missing' : 'denied' });
    });
    return () => {
      over = true;
      end();
      setMicrophone(OFF);
    };
  }, [on, microphoneId]);
  return microphone;
}
