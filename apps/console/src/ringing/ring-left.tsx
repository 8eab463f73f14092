import './ringing.css';

const RADIUS = 40;
const ROUND = 2 * Math.PI * RADIUS;

/** A ring that shrinks with the time that is left. */
export function RingLeft({ leftMs, wholeMs, label }: { leftMs: number; wholeMs: number; label: string }) {
  return (
    <div className="ring" role="timer" aria-label={label}>
      <svg viewBox="0 0 88 88" aria-hidden="true">
        <circle className="ring-track" cx="44" cy="44" r={RADIUS} />
        <circle
          className="ring-left"
          cx="44"
          cy="44"
          r={RADIUS}
          strokeDasharray={ROUND}
          strokeDashoffset={ROUND * (1 - leftMs / wholeMs)}
        />
      </svg>
      <span className="ring-seconds" aria-hidden="true">
        {Math.ceil(leftMs / 1000)}
      </span>
    </div>
  );
}
