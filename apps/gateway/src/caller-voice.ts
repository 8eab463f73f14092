import { wavToMuLaw } from '@ringdown/audio/wav';
import type { LocalVoice } from '@ringdown/platform/local-voice';

const MOST_KEPT = 300;

/** Sentences spoken by this machine's own voice, as a phone brings them. What was said once is kept. */
export class CallerVoice {
  private readonly known = new Map<string, Promise<Uint8Array | null>>();

  constructor(private readonly voice: Pick<LocalVoice, 'speak'>) {}

  /** Null when there is no voice for one of them. */
  async speakAll(sentences: readonly string[], language: string): Promise<ReadonlyMap<string, Uint8Array> | null> {
    const sounds = new Map<string, Uint8Array>();
    // One after the other: a machine that carries calls has better to do than to speak ten sentences at once.
    for (const sentence of sentences) {
      const sound = await this.sound(sentence, language);
      if (!sound) return null;
      sounds.set(sentence, sound);
    }
    return sounds;
  }

  private sound(sentence: string, language: string): Promise<Uint8Array | null> {
    const key = `${language} ${sentence}`;
    let speaking = this.known.get(key);
    if (!speaking) {
      speaking = this.speak(sentence, language);
      this.known.set(key, speaking);
      if (this.known.size > MOST_KEPT) this.known.delete(this.known.keys().next().value!);
      // A failure isn't kept: the voice may be installed meanwhile.
      void speaking.then((sound) => {
        if (!sound) this.known.delete(key);
      });
    }
    return speaking;
  }

  private async speak(sentence: string, language: string): Promise<Uint8Array | null> {
    try {
      const spoken = await this.voice.speak(sentence, language);
      if (spoken.outcome === 'no-voice') return null;
      const sound = wavToMuLaw(spoken.wav);
      return sound.ok ? sound.value : null;
    } catch {
      // The program failed: for the volunteer the same as if it weren't there.
      return null;
    }
  }
}
