import { useNavigate } from '@tanstack/react-router';
import { useFollowed, useServices, useWork } from '../services.tsx';
import { useActions } from './commands.tsx';

/** F1 available, F2 break, F3 to the write-up (X7). What the server would refuse isn't offered. */
export function useStateActions(): void {
  const navigate = useNavigate();
  const { attention } = useServices();
  const { line, desk, notes } = useWork();
  const { snapshot } = useFollowed(line);
  const { busy } = useFollowed(desk);
  const state = snapshot?.presence.state;
  const free = busy !== 'set-presence' && busy !== 'finish-wrap-up';
  const wrapUp = snapshot?.wrapUp;
  const available = () => {
    // A key press is what lets the browser ring later.
    attention.sound.wake();
    if (!wrapUp) return void desk.setPresence({ state: 'available' });
    void notes.save().then(() => desk.finishWrapUp(wrapUp.callId));
  };
  const writeUp = async () => {
    await navigate({ to: '/' });
    document.querySelector<HTMLElement>('.note textarea, .note [contenteditable="true"]')?.focus();
  };
  useActions({
    available: free && (state === 'offline' || state === 'break' || wrapUp) ? available : undefined,
    break:
      free && (state === 'offline' || state === 'available' || state === 'wrap-up')
        ? () => void desk.setPresence({ state: 'break', reason: 'rest' })
        : undefined,
    'wrap-up': wrapUp || snapshot?.call ? () => void writeUp() : undefined,
  });
}
