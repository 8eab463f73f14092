import { Button } from '@ringdown/ui/button';
import { Card } from '@ringdown/ui/card';
import { Level } from '@ringdown/ui/level';
import { Notice } from '@ringdown/ui/notice';
import { Select } from '@ringdown/ui/select';
import { Bell, Mic, Volume2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { askToNotify, canNotify } from '../ringing/attention.ts';
import { useFollowed, useServices, useWork } from '../services.tsx';
import { NetworkCheck } from './network-check.tsx';
import { playTone } from './test-tone.ts';
import { useMicrophone } from './use-microphone.ts';

const DEFAULT = 'default';
const LEVEL_HEARD = 0.08;

/** Before a shift: is the microphone heard, is the speaker loud enough, will the ring reach me. */
export function SoundCheck() {
  const { t } = useTranslation();
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('nav.sound-check')}</h1>
      </div>
      <p className="quiet">{t('sound-check.lead')}</p>
      <MicrophoneCheck />
      <SpeakerCheck />
      <NetworkCheck />
      <RingCheck />
    </div>
  );
}

function MicrophoneCheck() {
  const { t } = useTranslation();
  const { preferences, now } = useServices();
  const { desk } = useWork();
  const { devices } = useFollowed(preferences);
  const [on, setOn] = useState(false);
  const { level, state, inputs } = useMicrophone(on, devices.microphoneId);
  const [heard, setHeard] = useState(false);
  useEffect(() => {
    if (level < LEVEL_HEARD || heard) return;
    setHeard(true);
    preferences.change({ soundCheckedAt: now() });
  }, [level, heard, preferences, now]);
  const choose = (id: string) => {
    const { microphoneId: _, ...rest } = devices;
    const next = id === DEFAULT ? rest : { ...rest, microphoneId: id };
    preferences.change({ devices: next });
    void desk.setDevices(next);
  };
  return (
    <Card title={t('sound-check.microphone')} padded>
      <div className="stack">
        {on && inputs.length > 1 ? (
          <Select
            label={t('sound-check.which-microphone')}
            value={devices.microphoneId ?? DEFAULT}
            onChange={choose}
            choices={[{ id: DEFAULT, name: t('sound-check.default-device') }, ...inputs]}
          />
        ) : null}
        {on ? <Level value={level} /> : null}
        <p role="status">
          {!on
            ? t('sound-check.microphone-off')
            : state === 'denied' || state === 'missing'
              ? t(`microphone.${state}`)
              : t(heard ? 'sound-check.heard' : 'sound-check.say-something')}
        </p>
        <div>
          <Button icon={<Mic size={16} aria-hidden />} onPress={() => setOn(!on)}>
            {t(on ? 'sound-check.stop' : 'sound-check.test-microphone')}
          </Button>
        </div>
      </div>
    </Card>
  );
}

function SpeakerCheck() {
  const { t } = useTranslation();
  const { preferences } = useServices();
  const { desk } = useWork();
  const { devices } = useFollowed(preferences);
  const [outputs, setOutputs] = useState<readonly { id: string; name: string }[]>([]);
  const look = async () => {
    const all = await navigator.mediaDevices.enumerateDevices();
    setOutputs(
      all
        .filter(({ kind, deviceId }) => kind === 'audiooutput' && deviceId !== '' && deviceId !== DEFAULT)
        .map(({ deviceId, label }) => ({ id: deviceId, name: label })),
    );
  };
  const choose = (id: string) => {
    const { speakerId: _, ...rest } = devices;
    const next = id === DEFAULT ? rest : { ...rest, speakerId: id };
    preferences.change({ devices: next });
    void desk.setDevices(next);
  };
  return (
    <Card title={t('sound-check.speaker')} padded>
      <div className="stack">
        {outputs.length > 0 ? (
          <Select
            label={t('sound-check.which-speaker')}
            value={devices.speakerId ?? DEFAULT}
            onChange={choose}
            choices={[{ id: DEFAULT, name: t('sound-check.default-device') }, ...outputs]}
          />
        ) : null}
        <p>{t('sound-check.speaker-text')}</p>
        <div>
          <Button
            icon={<Volume2 size={16} aria-hidden />}
            onPress={() => {
              void look();
              void playTone(devices.speakerId);
            }}
          >
            {t('sound-check.test-speaker')}
          </Button>
        </div>
      </div>
    </Card>
  );
}

function RingCheck() {
  const { t } = useTranslation();
  const { preferences, attention } = useServices();
  const { ringVolume } = useFollowed(preferences);
  const [allowed, setAllowed] = useState(() => canNotify() && Notification.permission === 'granted');
  const percent = Math.round(ringVolume * 100);
  return (
    <Card title={t('sound-check.ring')} padded>
      <div className="stack">
        <label className="field">
          <span className="field-label">{t('sound-check.ring-volume', { percent })}</span>
          <input
            type="range"
            min={0}
            max={100}
            step={5}
            value={percent}
            aria-valuetext={t('sound-check.ring-volume', { percent })}
            onChange={({ target }) => preferences.change({ ringVolume: Number(target.value) / 100 })}
            onPointerUp={() => attention.sound.connected(preferences.getSnapshot().ringVolume)}
          />
        </label>
        {percent === 0 ? <Notice tone="warning">{t('sound-check.ring-silent')}</Notice> : null}
        <p>{t(allowed ? 'sound-check.notify-on' : 'sound-check.notify-off')}</p>
        {allowed ? null : (
          <div>
            <Button icon={<Bell size={16} aria-hidden />} onPress={() => void askToNotify().then(setAllowed)}>
              {t('sound-check.notify')}
            </Button>
          </div>
        )}
      </div>
    </Card>
  );
}
