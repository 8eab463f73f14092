/** Between the page and the worker that seals and opens frames. Keys go in as keys that can't be read out again. */
export type ToSealingWorker =
  | { readonly kind: 'set-key'; readonly keyIndex: number; readonly key: CryptoKey }
  | { readonly kind: 'use-key'; readonly keyIndex: number }
  | { readonly kind: 'drop-key'; readonly keyIndex: number }
  | { readonly kind: 'mute'; readonly muted: boolean };

/** Counted since the worker started; told a few times a second while frames pass. */
export interface SealingFacts {
  readonly sealed: number;
  /** Not sent: no key, or muted. */
  readonly withheld: number;
  readonly opened: number;
  /** Not played: no key, wrong key, forged, in clear. */
  readonly refused: number;
  /** Of the last frame opened. */
  readonly openedKeyIndex: number | null;
  readonly sealedKeyIndex: number | null;
}

export const NO_FACTS: SealingFacts = {
  sealed: 0,
  withheld: 0,
  opened: 0,
  refused: 0,
  openedKeyIndex: null,
  sealedKeyIndex: null,
};

/** Given with each RTCRtpScriptTransform. */
export interface TransformOptions {
  readonly side: 'send' | 'receive';
}
