import { spawn } from 'node:child_process';

/** A text of the longest kind takes a fraction of a second. */
const SPEAK_WITHIN_MS = 15_000;
/** Ten minutes of speech as the program writes it; more is a fault. */
const MOST_BYTES = 30 * 1024 * 1024;
/** Installing it needs no restart: a machine without is asked again after this. */
const ASK_AGAIN_MS = 30_000;

/** A language that the voice can speak: a BCP 47 tag, and the name that the program gives it. */
export interface Voice {
  readonly language: string;
  readonly name: string;
}

export type Spoken = { readonly outcome: 'spoken'; readonly wav: Uint8Array } | { readonly outcome: 'no-voice' };

/** The lines of `espeak-ng --voices`: priority, tag, age and gender, name, file, other tags as `(zh-cmn 5)`. */
export function parseVoices(listed: string): Voice[] {
  const voices = new Map<string, Voice>();
  for (const line of listed.split('\n').slice(1)) {
    const [, tag, , name] = line.trim().split(/\s+/);
    if (tag === undefined || name === undefined) continue;
    const others = [...line.matchAll(/\((\S+) \d+\)/g)].map(([, other = '']) => other);
    for (const language of [tag, ...others]) {
      // The program's own inventions (`chr-US-Qaaa-x-west`) are no language that a hotline would name.
      if (!/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(language)) continue;
      if (!voices.has(language)) voices.set(language, { language, name: name.replaceAll('_', ' ') });
    }
  }
  return [...voices.values()];
}

/** The voice for a language tag: the same, else one for the language alone, else one of its countries. */
export function voiceFor(tag: string, voices: readonly Voice[]): Voice | undefined {
  const wanted = tag.toLowerCase();
  const [base = ''] = wanted.split('-');
  return (
    voices.find(({ language }) => language.toLowerCase() === wanted) ??
    voices.find(({ language }) => language === base) ??
    voices.find(({ language }) => language.toLowerCase().startsWith(`${base}-`))
  );
}

/** espeak-ng, if this machine has it. Text goes in by standard input: it stands in no list of processes. */
export class LocalVoice {
  private known: Promise<readonly Voice[]> | undefined;
  private askAgainAt = 0;

  constructor(
    private readonly program = 'espeak-ng',
    private readonly now: () => number = Date.now,
  ) {}

  /** Empty when the program isn't there. */
  voices(): Promise<readonly Voice[]> {
    if (this.known && this.now() < this.askAgainAt) return this.known;
    this.askAgainAt = Infinity;
    this.known = this.run(['--voices'], '').then(
      (output) => parseVoices(output.toString('utf8')),
      () => {
        this.askAgainAt = this.now() + ASK_AGAIN_MS;
        return [];
      },
    );
    return this.known;
  }

  /** One channel, 16 bit, 22,050 Hz. `no-voice`: none for this language, or no program. */
  async speak(text: string, language: string): Promise<Spoken> {
    const voice = voiceFor(language, await this.voices());
    if (!voice) return { outcome: 'no-voice' };
    // Rate, pitch and loudness of the built-in prompts (tools/make-prompts.sh).
    const how = ['-v', voice.language, '-s', '150', '-p', '42', '-a', '140'];
    return { outcome: 'spoken', wav: await this.run([...how, '--stdin', '--stdout'], text) };
  }

  private run(options: readonly string[], input: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const process = spawn(this.program, options, { stdio: ['pipe', 'pipe', 'ignore'], timeout: SPEAK_WITHIN_MS });
      const parts: Buffer[] = [];
      let bytes = 0;
      process.once('error', reject);
      process.stdout.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes > MOST_BYTES) process.kill();
        else parts.push(part);
      });
      // It may end before it has read everything.
      process.stdin.once('error', () => undefined);
      process.stdin.end(input);
      process.once('close', (code) => {
        if (code === 0) resolve(Buffer.concat(parts));
        else reject(new Error(`The local voice ended with ${code}.`));
      });
    });
  }
}
