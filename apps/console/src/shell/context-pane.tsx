import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { Button } from '@ringdown/ui/button';
import { PanelRightOpen, X } from 'lucide-react';
import { useShortcuts } from './commands.tsx';
import './context-pane.css';

/** Parts of the pane beside the work, from top to bottom, whoever fills them first. */
const PARTS = ['call', 'caller', 'tasks', 'templates', 'team'] as const;
export type ContextPart = (typeof PARTS)[number];

interface Pane {
  readonly root: HTMLElement | null;
  readonly setRoot: (root: HTMLElement | null) => void;
  readonly filled: number;
  readonly fill: () => () => void;
  readonly open: boolean;
  readonly setOpen: (open: boolean) => void;
}

const PaneContext = createContext<Pane | null>(null);

export function ContextPaneProvider({ children }: { children: ReactNode }) {
  const [root, setRoot] = useState<HTMLElement | null>(null);
  const [filled, setFilled] = useState(0);
  const [open, setOpen] = useState(false);
  const fill = useCallback(() => {
    setFilled((count) => count + 1);
    return () => setFilled((count) => count - 1);
  }, []);
  const pane = useMemo(() => ({ root, setRoot, filled, fill, open, setOpen }), [root, filled, fill, open]);
  return <PaneContext value={pane}>{children}</PaneContext>;
}

function usePane(): Pane {
  const pane = use(PaneContext);
  if (!pane) throw new Error('The context pane is part of the shell');
  return pane;
}

/**
 * Puts its children into the pane beside the work: a column on wide screens, a drawer on others. Any screen, or a part of
 * one, may use it for as long as it is shown. One part of the pane may have several children from several places.
 */
export function ContextPane({ part, children }: { part: ContextPart; children: ReactNode }) {
  const { root, fill } = usePane();
  useEffect(() => fill(), [fill]);
  const place = root?.querySelector(`[data-part="${part}"]`);
  return place ? createPortal(children, place) : null;
}

/** The pane itself; drawn once, by the shell. The same elements serve as column and as drawer, so that nothing is lost. */
export function ContextColumn() {
  const { t } = useTranslation();
  const { setRoot, filled, open, setOpen } = usePane();
  const close = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (open) close.current?.querySelector('button')?.focus();
  }, [open]);
  const shut = () => {
    setOpen(false);
    document.getElementById('context-open')?.focus();
  };
  useShortcuts({ Escape: open ? shut : undefined });
  return (
    <aside
      id="context"
      ref={setRoot}
      className="context"
      aria-label={t('context.title')}
      data-open={open}
      hidden={filled === 0}
    >
      <div ref={close} className="context-close">
        <Button kind="quiet" icon={<X size={18} aria-hidden />} onPress={shut}>
          {t('close')}
        </Button>
      </div>
      {PARTS.map((part) => (
        <div key={part} className="context-part" data-part={part} />
      ))}
    </aside>
  );
}

/** Where the pane is a drawer: its handle in the top bar. */
export function ContextToggle() {
  const { t } = useTranslation();
  const { filled, open, setOpen } = usePane();
  if (filled === 0) return null;
  return (
    <button
      type="button"
      id="context-open"
      className="button button-quiet context-toggle"
      aria-expanded={open}
      aria-controls="context"
      onClick={() => setOpen(!open)}
    >
      <PanelRightOpen size={18} aria-hidden />
      <span>{t('context.title')}</span>
    </button>
  );
}
