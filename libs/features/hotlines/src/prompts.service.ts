import { Injectable } from '@nestjs/common';
import { numbersSaidIn } from '@ringdown/audio/prompts';
import { spokenToMuLaw } from '@ringdown/audio/spoken-prompt';
import { wavToMuLaw } from '@ringdown/audio/wav';
import { menuLines, ownPromptsOf } from '@ringdown/call-flow/own-words';
import { Clock } from '@ringdown/platform/clock';
import { LocalVoice } from '@ringdown/platform/local-voice';
import { badRequest, conflict, notFound } from '@ringdown/platform/problems';
import { Random } from '@ringdown/platform/random';
import type { PromptCuts } from '@ringdown/protocol/gateway';
import { type LanguageTag, PromptId } from '@ringdown/protocol/ids';
import { kindOf, NO_LANGUAGE, NUMBER_PLACE, type PromptKindId } from '@ringdown/protocol/prompt-kinds';
import { type HotlineRow, HotlinesRepository, type PromptRow } from '@ringdown/store/hotlines.repository';
import { HotlineBook } from './hotline-book.ts';
import { soundAsHeard } from './prompt-sounds.ts';

const MAX_BYTES = 2 * 1024 * 1024;
const BYTES_PER_MS = 8;
const LONGEST_MS = { prompt: 60_000, music: 125_000 };
/** Below it there is nothing to be heard, and music would stutter. */
const SHORTEST_MS = 200;
/** No call lives longer with the sounds that it began with. */
const KEEP_RETIRED_MS = 48 * 3_600_000;

type Sound = Pick<PromptRow, 'audio' | 'durationMs' | 'words' | 'cuts'>;
/** What was sent: a WAV file, or words. */
export type Given = { readonly wav: Uint8Array } | { readonly words: string };

/** What a hotline says in the place of the built-in prompts: made into sound once, when it is saved. */
@Injectable()
export class PromptsService {
  readonly voice = new LocalVoice();

  constructor(
    private readonly hotlines: HotlinesRepository,
    private readonly book: HotlineBook,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** Throws a problem, and then changes nothing. */
  async save(hotline: HotlineRow, kind: PromptKindId, language: LanguageTag, given: Given): Promise<void> {
    checkPlace(hotline, kind, language);
    const sound =
      'wav' in given ? recorded(hotline, kind, language, given.wav) : await this.spoken(kind, language, given.words);
    const { hotlineId } = hotline;
    const prompt = { promptId: PromptId.parse(this.random.uuid()), hotlineId, ...sound };
    const at = new Date(this.clock.now());
    if (isOwnGreeting(hotline, kind, language)) {
      await this.hotlines.createPrompt(prompt);
      await this.setGreeting(hotline, { kind: 'recording', promptId: prompt.promptId }, at);
    } else {
      await this.hotlines.useOwnPrompt(kind, language, prompt, at);
    }
    await this.hotlines.forgetRetiredPrompts(new Date(at.getTime() - KEEP_RETIRED_MS));
    this.book.changed();
  }

  /** Back to what is built in. */
  async remove(hotline: HotlineRow, kind: PromptKindId, language: LanguageTag): Promise<void> {
    const at = new Date(this.clock.now());
    if (isOwnGreeting(hotline, kind, language)) await this.setGreeting(hotline, { kind: 'standard' }, at);
    else await this.hotlines.removeOwnPrompt(hotline.hotlineId, kind, language, at);
    this.book.changed();
  }

  /** A WAV file of what a phone gets. */
  async sound(hotline: HotlineRow, kind: PromptKindId, language: LanguageTag): Promise<Uint8Array<ArrayBuffer>> {
    const { number, carrier } = kindOf(kind);
    const isCarriers = isOwnGreeting(hotline, kind, language) && hotline.greeting.kind === 'text';
    if (carrier === 'always' || isCarriers)
      throw conflict('spoken-by-carrier', 'The phone company’s voice says this; it can’t be heard here.');
    const own = ownPromptsOf({ ...hotline, languages: hotline.settings.languages });
    const ref = {
      id: kind,
      language,
      ...(number === undefined
        ? {}
        : { number: number === 'key' ? keyOf(hotline, language) : numbersSaidIn[number][2]! }),
    };
    const wav = await soundAsHeard(ref, own, async (promptId) => {
      const prompt = await this.hotlines.findPrompt(PromptId.parse(promptId));
      return prompt ? { sound: prompt.audio, cuts: prompt.cuts } : null;
    });
    if (!wav) throw notFound('sound');
    return wav;
  }

  private async setGreeting(hotline: HotlineRow, greeting: HotlineRow['greeting'], at: Date): Promise<void> {
    await this.hotlines.updateHotline(hotline.hotlineId, { greeting });
    if (hotline.greeting.kind === 'recording') await this.hotlines.retirePrompt(hotline.greeting.promptId, at);
  }

  private async spoken(kind: PromptKindId, language: LanguageTag, words: string): Promise<Sound> {
    const { number, carrier, music } = kindOf(kind);
    if (music) throw badRequest('recording-only', 'Music can only be a recording.');
    const hasPlace = words.includes(NUMBER_PLACE);
    if (number && !hasPlace) throw badRequest('number-missing', 'Write {number} where the number is said.');
    if (!number && hasPlace) throw badRequest('number-not-here', 'No number is said in this one.');
    // Words for the carrier's own voice: nothing of ours is heard.
    if (carrier === 'always') return { audio: new Uint8Array(0), durationMs: 0, words, cuts: null };
    const numbers = number ? numbersSaidIn[number] : [null];
    const sounds: Uint8Array[] = [];
    const cuts: PromptCuts = [];
    let bytes = 0;
    for (const each of numbers) {
      const said = each === null ? words : words.replaceAll(NUMBER_PLACE, String(each));
      const sound = await this.speak(said, language);
      if (each !== null) cuts.push([each, bytes, bytes + sound.length]);
      sounds.push(sound);
      bytes += sound.length;
    }
    checkLength(kind, Math.max(...sounds.map(({ length }) => length)) / BYTES_PER_MS);
    const audio = new Uint8Array(Buffer.concat(sounds));
    return { audio, durationMs: Math.round(bytes / BYTES_PER_MS), words, cuts: number ? cuts : null };
  }

  private async speak(words: string, language: LanguageTag): Promise<Uint8Array> {
    const spoken = await this.voice.speak(words, language);
    if (spoken.outcome === 'no-voice') {
      if ((await this.voice.voices()).length === 0)
        throw conflict('no-voice-installed', 'This machine has no voice to speak typed words. Record them instead.');
      throw conflict(
        'no-voice-for-language',
        'The voice of this machine doesn’t speak this language. Record it instead.',
      );
    }
    const sound = spokenToMuLaw(spoken.wav);
    if (!sound.ok) throw badRequest('nothing-to-say', 'The voice of this machine makes no sound of these words.');
    return sound.value;
  }
}

/** The greeting in the hotline's own language is a setting of the hotline itself. */
export const isOwnGreeting = (hotline: Pick<HotlineRow, 'language'>, kind: PromptKindId, language: string): boolean =>
  kind === 'greeting' && language === hotline.language;

export const keyOf = (hotline: HotlineRow, language: LanguageTag): number =>
  menuLines({ ...hotline, languages: hotline.settings.languages }).find((line) => line.language === language)?.key ?? 1;

export const languagesOf = (hotline: HotlineRow): LanguageTag[] => [
  ...new Set([hotline.language, ...hotline.settings.languages]),
];

function checkPlace(hotline: HotlineRow, kind: PromptKindId, language: LanguageTag): void {
  const isMusic = kindOf(kind).music === true;
  const fits = isMusic ? language === NO_LANGUAGE : languagesOf(hotline).includes(language);
  if (!fits)
    throw badRequest('other-language', 'The hotline doesn’t offer this language. Add it to its languages first.');
}

function checkLength(kind: PromptKindId, durationMs: number): void {
  if (durationMs < SHORTEST_MS) throw badRequest('too-short', 'There is nothing to be heard in it.');
  const longest = kindOf(kind).music ? LONGEST_MS.music : LONGEST_MS.prompt;
  if (durationMs > longest) throw badRequest('too-long', 'A prompt may be a minute long, music two.');
}

function recorded(hotline: HotlineRow, kind: PromptKindId, language: LanguageTag, wav: Uint8Array): Sound {
  const { number, carrier } = kindOf(kind);
  if (carrier === 'always' || number === 'place' || number === 'minutes')
    throw badRequest('words-only', 'This can only be typed: a recording can’t say it.');
  if (wav.length > MAX_BYTES) throw badRequest('too-large', 'A recording may be 2 MB at most.');
  const sound = wavToMuLaw(wav);
  if (!sound.ok) throw badRequest(sound.reason, 'The recording must be a WAV file, 8 to 48 kHz, 8 or 16 bit.');
  const audio = new Uint8Array(sound.value);
  const durationMs = Math.round(audio.length / BYTES_PER_MS);
  checkLength(kind, durationMs);
  // The key is part of what was recorded: the line is silent once the language has another one.
  const cuts: PromptCuts | null = number === 'key' ? [[keyOf(hotline, language), 0, audio.length]] : null;
  return { audio, durationMs, words: null, cuts };
}
