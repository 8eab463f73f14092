import type { OfferId } from '@ringdown/protocol/ids';
import { RingSound } from './ring-sound.ts';

/** Words for the notification and the tab; the caller is never named in either. */
export interface RingWords {
  readonly title: string;
  readonly body: string;
  readonly tabTitle: string;
  readonly answer: string;
  readonly notNow: string;
}

/** What a person chose on the notification: the service worker passes it to the page that rings. */
export type RingChoice = 'answer' | 'not-now';

const BLINK_MS = 1_000;
const CHANNEL = 'ringdown.ring';

/** Draws a person's eye and ear to a ringing call, in a background tab too. */
export class Attention {
  readonly sound = new RingSound();
  readonly #restingTitle: string;
  /** Between the pages of this browser: what was answered or declined in one is quiet in all, at once. */
  readonly #channel = new BroadcastChannel(CHANNEL);
  #ringing: OfferId | null = null;
  #blinking: ReturnType<typeof setInterval> | undefined;

  constructor(restingTitle: string) {
    this.#restingTitle = restingTitle;
    this.#channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (this.#ringing !== null && data === this.#ringing) this.stop();
    });
  }

  ring(offerId: OfferId, words: RingWords, volume: number): void {
    this.#ringing = offerId;
    this.sound.start(volume);
    let on = false;
    const blink = () => {
      on = !on;
      document.title = on ? words.tabTitle : this.#restingTitle;
    };
    blink();
    clearInterval(this.#blinking);
    this.#blinking = setInterval(blink, BLINK_MS);
    tellWorker({ kind: 'ring', offerId, ...words });
  }

  /** Here and in every other page: the person has decided. */
  quiet(offerId: OfferId): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has none
    this.#channel.postMessage(offerId);
    this.stop();
  }

  stop(): void {
    this.sound.stop();
    clearInterval(this.#blinking);
    document.title = this.#restingTitle;
    if (this.#ringing !== null) tellWorker({ kind: 'quiet', offerId: this.#ringing });
    this.#ringing = null;
  }

  /** Calls back with what a person chose on the notification of this offer. */
  onChoice(offerId: OfferId, choose: (choice: RingChoice) => void): () => void {
    const listener = ({ data }: MessageEvent<{ kind?: unknown; offerId?: unknown; choice?: unknown }>) => {
      if (data?.kind !== 'ring-choice' || data.offerId !== offerId) return;
      if (data.choice === 'answer' || data.choice === 'not-now') choose(data.choice);
    };
    navigator.serviceWorker?.addEventListener('message', listener);
    return () => navigator.serviceWorker?.removeEventListener('message', listener);
  }
}

export const canNotify = (): boolean => 'Notification' in window;

/** Asked from a click, never by itself. */
export async function askToNotify(): Promise<boolean> {
  return canNotify() && (await Notification.requestPermission()) === 'granted';
}

/** The worker shows the notification, since only its click can bring this very tab to the front. */
function tellWorker(message: object): void {
  if (!canNotify() || Notification.permission !== 'granted') return;
  navigator.serviceWorker?.getRegistration().then(
    (registration) => registration?.active?.postMessage(message),
    // Without a worker the sound and the title still ring.
    () => undefined,
  );
}
