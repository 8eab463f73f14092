import { useId, type ReactNode } from 'react';
import './card.css';

interface CardProps {
  readonly title?: string;
  readonly action?: ReactNode;
  readonly padded?: boolean;
  readonly children: ReactNode;
}

/** A titled card is a region that a screen reader can jump to. */
export function Card({ title, action, padded = false, children }: CardProps) {
  const id = useId();
  return (
    <section className="card" {...(title === undefined ? {} : { 'aria-labelledby': id })}>
      {title === undefined ? null : (
        <div className="card-head">
          <h2 id={id}>{title}</h2>
          {action}
        </div>
      )}
      {padded ? <div className="card-padded">{children}</div> : children}
    </section>
  );
}

/** An empty list says what would fill it. */
export function Blank({
  icon,
  title,
  children,
  action,
}: {
  icon: ReactNode;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="blank">
      {icon}
      <h3>{title}</h3>
      <p>{children}</p>
      {action}
    </div>
  );
}

/** Rows in the shape of what is coming, so that nothing jumps when it comes. `label` is read aloud. */
export function SkeletonRows({ rows = 4, label }: { rows?: number; label: string }) {
  return (
    <div role="status">
      <span className="only-read">{label}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div className="skeleton-row" key={row} aria-hidden="true">
          <div className="bone" style={{ width: `${18 + ((row * 7) % 14)}%` }} />
          <div className="bone" style={{ width: `${30 + ((row * 11) % 20)}%` }} />
        </div>
      ))}
    </div>
  );
}
