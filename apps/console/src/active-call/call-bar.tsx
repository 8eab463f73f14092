import type { CallView } from '@ringdown/protocol/console';
import { Button } from '@ringdown/ui/button';
import { Grid3x3, LogOut, Mic, MicOff, Pause, PhoneForwarded, PhoneOff, Play } from 'lucide-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFollowed, useWork } from '../services.tsx';
import { useActions, useShortcuts } from '../shell/commands.tsx';
import { roleIn } from './others.ts';
import './call-bar.css';

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const;

interface CallActions {
  readonly mute: (() => void) | undefined;
  readonly hold: (() => void) | undefined;
  readonly digit: ((digit: string) => void) | undefined;
  readonly transfer: (() => void) | undefined;
  readonly dispatch: (() => void) | undefined;
  /** The volunteer ends the call; whoever was asked in, or supervises, only leaves it. */
  readonly end: (() => void) | undefined;
}

/** What can be done with the call now; an impossible action is undefined. */
function useCallActions(call: CallView, here: boolean): CallActions {
  const { desk } = useWork();
  const { busy } = useFollowed(desk);
  const panel = useFollowed(desk.panel);
  const navigate = useNavigate();
  const mine = roleIn(call) === 'volunteer';
  const open = (which: 'ask-in' | 'dispatch') => () => {
    desk.panel.set(panel === which ? 'none' : which);
    void navigate({ to: '/' });
  };
  const live = call.phase === 'in-call' || call.phase === 'held';
  const leave = () => (mine ? desk.hangUp(call) : desk.ofCall('leave-call', call));
  const over = call.phase === 'ending' || call.phase === 'ended';
  return {
    mute: here && !over && call.mode !== 'listen' ? () => void desk.setMuted(call, !call.muted) : undefined,
    hold:
      here && live && mine && !call.invitation && busy !== 'set-hold'
        ? () => void desk.setHeld(call, !call.held)
        : undefined,
    digit: here && live && mine ? (digit) => void desk.sendDigits(call, digit) : undefined,
    transfer: here && live && mine && !call.invitation ? open('ask-in') : undefined,
    dispatch: live && mine ? open('dispatch') : undefined,
    end: over || busy === 'hang-up' || busy === 'leave-call' ? undefined : () => void leave(),
  };
}

export function CallBar({ call, here }: { call: CallView; here: boolean }) {
  const { t } = useTranslation();
  const [keypad, setKeypad] = useState(false);
  const { mute, hold, digit, transfer, dispatch, end } = useCallActions(call, here);
  const { desk } = useWork();
  const panel = useFollowed(desk.panel);
  const mine = roleIn(call) === 'volunteer';
  const close = panel === 'none' ? undefined : () => desk.panel.set('none');
  const toggleKeypad = digit ? () => setKeypad(!keypad) : undefined;
  useActions({ mute, hold, transfer, dispatch, end, keypad: toggleKeypad, cancel: keypad ? toggleKeypad : close });
  return (
    <div className="callbar" role="region" aria-label={t('call.bar')}>
      {keypad && digit ? <Keypad press={digit} /> : null}
      <div className="callbar-keys">
        <Button
          aria-pressed={call.muted}
          icon={call.muted ? <MicOff size={18} aria-hidden /> : <Mic size={18} aria-hidden />}
          shortcut="M"
          isDisabled={!mute}
          onPress={() => mute?.()}
        >
          {t(call.muted ? 'call.unmute' : 'call.mute')}
        </Button>
        <Button
          aria-pressed={call.held}
          icon={call.held ? <Play size={18} aria-hidden /> : <Pause size={18} aria-hidden />}
          shortcut="H"
          isDisabled={!hold}
          onPress={() => hold?.()}
        >
          {t(call.held ? 'call.resume' : 'call.hold')}
        </Button>
        <Button
          aria-pressed={keypad}
          icon={<Grid3x3 size={18} aria-hidden />}
          shortcut="K"
          isDisabled={!toggleKeypad}
          onPress={() => toggleKeypad?.()}
        >
          {t('call.keypad')}
        </Button>
        <Button
          aria-pressed={panel === 'ask-in'}
          icon={<PhoneForwarded size={18} aria-hidden />}
          shortcut="T"
          isDisabled={!transfer}
          onPress={() => transfer?.()}
        >
          {t('ask-in.transfer')}
        </Button>
        <Button
          kind="danger"
          icon={mine ? <PhoneOff size={18} aria-hidden /> : <LogOut size={18} aria-hidden />}
          shortcut="E"
          isDisabled={!end}
          onPress={() => end?.()}
        >
          {t(mine ? 'call.end' : 'on-call.leave')}
        </Button>
      </div>
    </div>
  );
}

function Keypad({ press }: { press: (digit: string) => void }) {
  const { t } = useTranslation();
  const [sent, setSent] = useState('');
  const send = (digit: string) => {
    setSent((before) => (before + digit).slice(-16));
    press(digit);
  };
  useShortcuts(Object.fromEntries(DIGITS.map((digit) => [digit, () => send(digit)])));
  return (
    <div className="keypad" role="group" aria-label={t('call.keypad')}>
      <output aria-label={t('call.digits-sent')}>{sent}</output>
      {DIGITS.map((digit) => (
        <Button key={digit} onPress={() => send(digit)}>
          {digit}
        </Button>
      ))}
    </div>
  );
}
