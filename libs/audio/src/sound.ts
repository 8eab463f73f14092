import { decodeMuLaw, encodeMuLaw } from './g711.ts';
import { isSilentLinear, isSilentMuLaw } from './level.ts';

/** A packet of 8 kHz sound as it came; the other form is made when somebody asks, once for all who do. Never written to. */
export class Sound {
  private constructor(
    private codes: Uint8Array | undefined,
    private samples: Int16Array | undefined,
  ) {}

  static ofMuLaw(codes: Uint8Array, samples?: Int16Array): Sound {
    return new Sound(codes, samples);
  }

  static ofLinear(samples: Int16Array): Sound {
    return new Sound(undefined, samples);
  }

  get muLaw(): Uint8Array {
    return (this.codes ??= encodeMuLaw(this.samples!));
  }

  get linear(): Int16Array {
    return (this.samples ??= decodeMuLaw(this.codes!));
  }

  get isSilent(): boolean {
    return this.codes ? isSilentMuLaw(this.codes) : isSilentLinear(this.samples!);
  }
}
