/** What was measured on the way to the media server and back. */
export interface NetworkFigures {
  /** There and back, milliseconds. */
  readonly roundTripMs: number;
  /** Share of packets that never came, 0 to 1. */
  readonly lost: number;
  /** How unevenly packets come, milliseconds. */
  readonly jitterMs: number;
}

export type NetworkVerdict = 'good' | 'fair' | 'poor';

/**
 * ITU-T G.114: up to 150 ms one way nobody notices, beyond 400 ms talk breaks down; half of a call's way lies on the phone's
 * side. Opus hides a few lost packets in a hundred; jitter above two frames empties the buffer.
 */
const FAIR = { roundTripMs: 200, lost: 0.02, jitterMs: 30 };
const POOR = { roundTripMs: 500, lost: 0.08, jitterMs: 80 };

const worse = (figures: NetworkFigures, than: NetworkFigures) =>
  figures.roundTripMs > than.roundTripMs || figures.lost > than.lost || figures.jitterMs > than.jitterMs;

export function verdictOf(figures: NetworkFigures): NetworkVerdict {
  return worse(figures, POOR) ? 'poor' : worse(figures, FAIR) ? 'fair' : 'good';
}

/** What is furthest from good: it decides the advice. */
export function worstOf(figures: NetworkFigures): keyof NetworkFigures {
  const share = (key: keyof NetworkFigures) => figures[key] / FAIR[key];
  return (['roundTripMs', 'lost', 'jitterMs'] as const).reduce((worst, key) =>
    share(key) > share(worst) ? key : worst,
  );
}
