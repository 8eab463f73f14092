import type { Hotline } from '@ringdown/protocol/http';
import { Link } from '@tanstack/react-router';
import { Blank, Card, SkeletonRows } from '@ringdown/ui/card';
import { Field } from '@ringdown/ui/field';
import { Notice } from '@ringdown/ui/notice';
import { SearchX, Search as SearchIcon } from 'lucide-react';
import { useDeferredValue, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useHotlines } from '../server/lists.ts';
import { useFollowed, useServices, useWork } from '../services.tsx';
import { failureWords } from '../shell/failure-words.ts';
import { Listed } from '../shell/listed.tsx';
import { Ago } from '../shell/moving-time.tsx';
import type { FoundCall } from './note-index.ts';
import { NoteSearch } from './note-search.ts';
import '../home/home.css';

export function Search() {
  const { t } = useTranslation();
  const hotlines = useHotlines();
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t('nav.search')}</h1>
      </div>
      <Listed query={hotlines} empty={<Notice>{t('search.ready', { count: 0 })}</Notice>}>
        {(items) => <Searching hotlines={items} />}
      </Listed>
    </div>
  );
}

function Searching({ hotlines }: { hotlines: readonly Hotline[] }) {
  const { rest } = useServices();
  const { vaults } = useWork();
  const [search, setSearch] = useState<NoteSearch | null>(null);
  useEffect(() => {
    const begun = new NoteSearch({ rest, vaults, hotlines });
    setSearch(begun);
    void begun.load();
    return () => begun.stop();
  }, [rest, vaults, hotlines]);
  return search ? <Found search={search} hotlines={hotlines} /> : null;
}

function Found({ search, hotlines }: { search: NoteSearch; hotlines: readonly Hotline[] }) {
  const { t } = useTranslation();
  const state = useFollowed(search);
  const [typed, setTyped] = useState('');
  const query = useDeferredValue(typed.trim());
  const found = query === '' ? [] : search.index.find(query);
  return (
    <>
      <Card padded>
        <div className="stack">
          <Field
            label={t('search.label')}
            hint={t('search.hint')}
            value={typed}
            onChange={setTyped}
            autoComplete="off"
            spellCheck={false}
            maxLength={200}
            autoFocus
          />
          <p className="quiet small" role="status">
            {state.step === 'opening'
              ? t('search.opening', { opened: state.opened, total: state.total })
              : t('search.ready', { count: search.index.size })}
            {query === '' || state.step === 'opening' ? null : ` · ${t('search.found', { count: found.length })}`}
          </p>
          {state.step === 'opening' ? (
            <progress value={state.opened} max={Math.max(1, state.total)} aria-label={t('nav.search')} />
          ) : null}
          {state.step === 'failed' ? <Notice tone="warning">{failureWords(state.failure, t)}</Notice> : null}
          {state.unreadable > 0 ? <Notice>{t('search.unreadable', { count: state.unreadable })}</Notice> : null}
        </div>
      </Card>
      <Card>
        <Results found={found} query={query} hotlines={hotlines} opening={state.step === 'opening'} />
      </Card>
    </>
  );
}

const SHOWN = 50;

function Results({
  found,
  query,
  hotlines,
  opening,
}: {
  found: readonly FoundCall[];
  query: string;
  hotlines: readonly Hotline[];
  opening: boolean;
}) {
  const { t } = useTranslation();
  if (query === '') {
    return (
      <Blank icon={<SearchIcon size={28} aria-hidden />} title={t('search.start-title')}>
        {t('search.start')}
      </Blank>
    );
  }
  if (found.length === 0 && opening) return <SkeletonRows label={t('list.loading')} />;
  if (found.length === 0) {
    return (
      <Blank icon={<SearchX size={28} aria-hidden />} title={t('search.empty-title')}>
        {t('search.empty')}
      </Blank>
    );
  }
  return (
    <ul>
      {found.slice(0, SHOWN).map(({ callId, hotlineId, arrivedAt, excerpt }) => (
        <li key={callId}>
          <Link to="/calls/$callId" params={{ callId }} className="list-row">
            <span className="list-row-main">
              <span className="spoken">{excerpt}</span>
              <span className="quiet" style={{ display: 'block' }}>
                <Ago at={arrivedAt} /> · {hotlines.find((each) => each.hotlineId === hotlineId)?.name}
              </span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
