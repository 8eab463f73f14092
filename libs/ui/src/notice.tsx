import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import './notice.css';

export interface NoticeProps {
  readonly tone?: 'plain' | 'accent' | 'warning' | 'danger' | 'success';
  readonly title?: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  readonly icon?: ReactNode;
  /** `alert` interrupts a screen reader; only for what can't wait. */
  readonly live?: 'off' | 'polite' | 'alert';
}

const ICONS = { plain: Info, accent: Info, warning: TriangleAlert, danger: CircleAlert, success: CircleCheck };

/** What happened and what to do, in the flow of the page: it covers nothing. */
export function Notice({ tone = 'plain', title, children, action, icon, live = 'off' }: NoticeProps) {
  const Icon = ICONS[tone];
  const role = live === 'alert' ? { role: 'alert' } : live === 'polite' ? { role: 'status' } : {};
  return (
    <div className={`notice notice-${tone}`} {...role}>
      {icon ?? <Icon size={20} aria-hidden />}
      <div className="notice-text">
        {title === undefined ? null : <p className="notice-title">{title}</p>}
        {children}
      </div>
      {action}
    </div>
  );
}
