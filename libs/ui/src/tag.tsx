import type { ReactNode } from 'react';
import './tag.css';

export type TagTone = 'plain' | 'live' | 'accent' | 'warning' | 'danger';

/** A short fact in words; the colour only repeats it. */
export function Tag({ tone = 'plain', icon, children }: { tone?: TagTone; icon?: ReactNode; children: ReactNode }) {
  return (
    <span className={`tag tag-${tone}`}>
      {icon}
      <span>{children}</span>
    </span>
  );
}
