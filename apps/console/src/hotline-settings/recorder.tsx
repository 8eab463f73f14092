import { Button } from '@ringdown/ui/button';
import { Notice } from '@ringdown/ui/notice';
import { Circle, Square } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../services.tsx';
import { startRecording, type Recording } from './wav-recorder.ts';

interface RecorderProps {
  readonly recorded: Uint8Array<ArrayBuffer> | null;
  readonly onRecorded: (wav: Uint8Array<ArrayBuffer>) => void;
}

/** From the microphone, heard again before it is kept. */
export function Recorder({ recorded, onRecorded }: RecorderProps) {
  const { t } = useTranslation();
  const { preferences } = useServices();
  const running = useRef<Recording | null>(null);
  const [recording, setRecording] = useState(false);
  const [refused, setRefused] = useState(false);
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!recorded) return;
    const made = URL.createObjectURL(new Blob([recorded], { type: 'audio/wav' }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [recorded]);
  useEffect(() => () => void running.current?.stop(), []);
  const stop = async () => {
    const current = running.current;
    running.current = null;
    setRecording(false);
    if (current) onRecorded(await current.stop());
  };
  const start = async () => {
    setRefused(false);
    try {
      const { microphoneId } = preferences.getSnapshot().devices;
      running.current = await startRecording(microphoneId, () => void stop());
      setRecording(true);
    } catch {
      // The browser or the person said no, or there is no microphone: the words below cover both.
      setRefused(true);
    }
  };
  return (
    <div className="stack-close">
      <div className="row">
        <Button
          icon={
            recording ? (
              <Square size={16} aria-hidden />
            ) : (
              <Circle size={16} fill="var(--danger)" stroke="none" aria-hidden />
            )
          }
          onPress={() => void (recording ? stop() : start())}
        >
          {t(recording ? 'greeting.stop' : recorded ? 'greeting.again' : 'greeting.record')}
        </Button>
        <span role="status">{recording ? t('greeting.running') : ''}</span>
      </div>
      {url === null || recording ? null : <audio controls src={url} aria-label={t('greeting.play')} />}
      {refused ? <Notice tone="warning">{t('microphone.denied')}</Notice> : null}
    </div>
  );
}
