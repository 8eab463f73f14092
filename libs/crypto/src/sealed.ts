import { Refusal } from './refusal.ts';

/** Sealed bytes that don't open. `damaged` also covers another context: a cipher can't tell the two apart. */
export class SealRefusal extends Refusal<'malformed' | 'unknown-version' | 'other-key' | 'damaged'> {
  constructor(reason: SealRefusal['reason'], options?: ErrorOptions) {
    super('Sealed bytes', reason, options);
  }
}
