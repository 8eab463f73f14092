import './level.css';

/** Sound level, 0 to 1. Decoration for the eye: the words beside it say whether there is sound. */
export function Level({ value }: { value: number }) {
  return (
    <div className="level" aria-hidden="true">
      <div className="level-bar" style={{ transform: `scaleX(${Math.min(1, Math.max(0, value)).toFixed(3)})` }} />
    </div>
  );
}
