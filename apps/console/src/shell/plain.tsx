import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LanguageChoice } from '../catalogue/language-choice.tsx';
import './plain.css';

interface PlainProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly wide?: boolean;
  /** Put above the title: a wizard's progress. */
  readonly above?: ReactNode;
  readonly children: ReactNode;
}

/** A page before or beside the work: one column, one thing to do. */
export function Plain({ title, lead, wide = false, above, children }: PlainProps) {
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  // A screen reader hears where it is; a field with the caret keeps it.
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus();
  }, [title]);
  return (
    <main className="plain">
      <div className={wide ? 'plain-column plain-wide' : 'plain-column'}>
        <p className="brand">
          <img src="/icon.svg" alt="" />
          {t('product')}
        </p>
        {above}
        <div className="stack-close">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead === undefined ? null : <p className="quiet spoken">{lead}</p>}
        </div>
        {children}
        <LanguageChoice />
      </div>
    </main>
  );
}
