import { Link, useNavigate } from '@tanstack/react-router';
import { Button } from '@ringdown/ui/button';
import { Menu } from '@ringdown/ui/menu';
import {
  CalendarDays,
  ChartColumn,
  CircleHelp,
  CircleUser,
  ClipboardList,
  Eraser,
  Eye,
  Footprints,
  GraduationCap,
  Headphones,
  House,
  KeyRound,
  ListChecks,
  ListOrdered,
  Lock,
  LogOut,
  MessagesSquare,
  MoreHorizontal,
  Phone,
  PhoneCall,
  Search,
  Settings,
  SlidersHorizontal,
  Users,
  Voicemail,
} from 'lucide-react';
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CallBar } from '../active-call/call-bar.tsx';
import { CallElsewhereBar } from '../active-call/call-elsewhere-bar.tsx';
import { wholeCatalogue, withWords } from '../catalogue/translate.ts';
import { RingingContact } from '../context/ringing-contact.tsx';
import { RingingHere } from '../ringing/ringing-here.tsx';
import { useFollowed, useServices, useWork } from '../services.tsx';
import { NoteTemplates } from '../settings/note-templates.tsx';
import { Announcer } from './announcer.tsx';
import { Banners } from './banners.tsx';
import { useActions, useCommands } from './commands.tsx';
import { ContextColumn, ContextPaneProvider, ContextToggle } from './context-pane.tsx';
import { Timer } from './moving-time.tsx';
import { useStateActions } from './state-actions.ts';
import { StateMark } from './state-words.tsx';
import './shell.css';

const KeyDialog = lazy(async () => ({ default: (await withWords(import('../sign-in/key-dialogs.tsx'))).KeyDialog }));
const KeySheet = lazy(async () => ({ default: (await withWords(import('./key-sheet.tsx'))).KeySheet }));
const CommandPalette = lazy(async () => ({
  default: (await withWords(import('./command-palette.tsx'))).CommandPalette,
}));
const WipeDialog = lazy(async () => ({ default: (await withWords(import('../sign-in/key-dialogs.tsx'))).WipeDialog }));

type Place =
  | '/'
  | '/my-calls'
  | '/voicemails'
  | '/follow-ups'
  | '/search'
  | '/sound-check'
  | '/calls'
  | '/members'
  | '/hotlines'
  | '/log'
  | '/settings'
  | '/queue'
  | '/team'
  | '/dispatch'
  | '/rota'
  | '/practice'
  | '/supervise'
  | '/reports';

/**
 * The frame of the work: who I am, what waits, where I can go; the work in the middle, what helps with it beside it, and the
 * call under both, whatever else is looked at.
 */
export function Shell({ children }: { children: ReactNode }) {
  const [over, setOver] = useState<'help' | 'palette' | null>(null);
  useActions({ help: () => setOver('help'), palette: () => setOver('palette') });
  useStateActions();
  useOwnLanguage();
  useLaterWords();
  return (
    <ContextPaneProvider>
      <div className="shell">
        <TopBar onHelp={() => setOver('help')} onPalette={() => setOver('palette')} />
        <Navigation />
        <main className="main" id="main">
          <RingingHere />
          <RingingContact />
          <Banners />
          <CallElsewhereBar />
          {children}
        </main>
        <ContextColumn />
        <TemplatesHere />
        <CallBarHere />
        <BottomBar />
        <Announcer />
        <Suspense fallback={null}>
          {over === 'help' ? <KeySheet onClose={() => setOver(null)} /> : null}
          {over === 'palette' ? <CommandPalette onClose={() => setOver(null)} /> : null}
        </Suspense>
      </div>
    </ContextPaneProvider>
  );
}

/** Who signs in at a shared desk finds the console in their own language. */
function useOwnLanguage(): void {
  const { preferences } = useServices();
  const { operatorId } = useWork().account.me;
  useEffect(() => {
    const { language, languageOf } = preferences.getSnapshot();
    const own = languageOf[operatorId];
    if (own !== undefined && own !== language) preferences.change({ language: own });
  }, [preferences, operatorId]);
}

/** The words of all other pages come once this one is drawn. */
function useLaterWords(): void {
  const { snapshot, link } = useFollowed(useWork().line);
  const drawn = snapshot !== null && link === 'connected';
  useEffect(() => {
    // What can't be had now is asked for with the page that needs it, and after the next reconnection.
    if (drawn) wholeCatalogue().catch(() => undefined);
  }, [drawn]);
}

/** While there is a note to put them into. */
function TemplatesHere() {
  const { snapshot } = useFollowed(useWork().line);
  return snapshot?.call || snapshot?.wrapUp ? <NoteTemplates /> : null;
}

/** On every page: a person on the line is never out of reach. */
function CallBarHere() {
  const { line, desk } = useWork();
  const { snapshot } = useFollowed(line);
  const { place } = useFollowed(desk);
  if (!snapshot?.call) return null;
  return (
    <div className="shell-call">
      <CallBar call={snapshot.call} here={place === 'here'} />
    </div>
  );
}

function TopBar({ onHelp, onPalette }: { onHelp: () => void; onPalette: () => void }) {
  const { t } = useTranslation();
  const { account } = useServices();
  const navigate = useNavigate();
  const work = useWork();
  const { snapshot, link } = useFollowed(work.line);
  const { me, keyKind } = work.account;
  const queue = snapshot?.queue;
  const [dialog, setDialog] = useState<'key' | 'wipe' | null>(null);
  const closeDialog = () => setDialog(null);
  return (
    <header className="topbar">
      <span className="brand">
        <img src="/icon.svg" alt={t('product')} />
        <span aria-hidden="true">{t('product')}</span>
      </span>
      <span className="topbar-hotline">{me.hotlines.map(({ name }) => name).join(', ') || me.organisation.name}</span>
      {snapshot ? <StateMark presence={snapshot.presence} link={link} /> : null}
      <div className="topbar-end">
        {queue ? (
          <span className="topbar-waiting quiet">
            {t('queue.waiting', { count: queue.waiting })}
            {queue.longestSince === null ? null : (
              <span className="only-wide">
                {' · '}
                {t('queue.longest')} <Timer since={queue.longestSince} />
              </span>
            )}
          </span>
        ) : null}
        <ContextToggle />
        <span className="only-wide">
          <Button kind="quiet" icon={<Search size={18} aria-hidden />} shortcut="Ctrl+K" onPress={onPalette}>
            {t('palette.open')}
          </Button>
        </span>
        <Menu
          label={t('account.menu')}
          word={me.name}
          icon={<CircleUser size={18} aria-hidden />}
          at="top"
          choices={[
            ...(keyKind === 'sealed'
              ? [
                  {
                    id: 'lock',
                    name: t('account.lock'),
                    icon: <Lock size={16} aria-hidden />,
                    onChoose: () => void account.lock(),
                  },
                ]
              : []),
            {
              id: 'key',
              name: t('account.key'),
              icon: <KeyRound size={16} aria-hidden />,
              onChoose: () => setDialog('key'),
            },
            {
              id: 'settings',
              name: t('nav.settings'),
              icon: <Settings size={16} aria-hidden />,
              onChoose: () => void navigate({ to: '/settings' }),
            },
            { id: 'help', name: t('help.title'), icon: <CircleHelp size={16} aria-hidden />, onChoose: onHelp },
            {
              id: 'sign-out',
              name: t('account.sign-out'),
              icon: <LogOut size={16} aria-hidden />,
              onChoose: () => void account.signOut(),
            },
            {
              id: 'wipe',
              name: t('account.wipe'),
              icon: <Eraser size={16} aria-hidden />,
              onChoose: () => setDialog('wipe'),
            },
          ]}
        />
      </div>
      <Suspense fallback={null}>
        {dialog === 'key' ? <KeyDialog open onClose={closeDialog} /> : null}
        {dialog === 'wipe' ? <WipeDialog open onClose={closeDialog} /> : null}
      </Suspense>
    </header>
  );
}

interface Item {
  readonly to: Place;
  readonly icon: ReactNode;
  readonly name: string;
}

function useItems(): { mine: Item[]; lead: Item[] } {
  const { t } = useTranslation();
  const { role } = useWork().account.me;
  const mine: Item[] = [
    { to: '/', icon: <House size={18} aria-hidden />, name: t('nav.home') },
    { to: '/queue', icon: <ListOrdered size={18} aria-hidden />, name: t('nav.queue') },
    { to: '/my-calls', icon: <Phone size={18} aria-hidden />, name: t('nav.my-calls') },
    { to: '/voicemails', icon: <Voicemail size={18} aria-hidden />, name: t('nav.voicemails') },
    { to: '/follow-ups', icon: <ListChecks size={18} aria-hidden />, name: t('nav.follow-ups') },
    { to: '/search', icon: <Search size={18} aria-hidden />, name: t('nav.search') },
    { to: '/rota', icon: <CalendarDays size={18} aria-hidden />, name: t('nav.rota') },
    { to: '/team', icon: <MessagesSquare size={18} aria-hidden />, name: t('nav.team') },
    { to: '/dispatch', icon: <Footprints size={18} aria-hidden />, name: t('nav.dispatch') },
    { to: '/practice', icon: <GraduationCap size={18} aria-hidden />, name: t('nav.practice') },
    { to: '/sound-check', icon: <Headphones size={18} aria-hidden />, name: t('nav.sound-check') },
    { to: '/settings', icon: <Settings size={18} aria-hidden />, name: t('nav.settings') },
  ];
  if (role === 'volunteer') return { mine, lead: [] };
  const supervise: Item = { to: '/supervise', icon: <Eye size={18} aria-hidden />, name: t('nav.supervise') };
  const calls: Item = { to: '/calls', icon: <PhoneCall size={18} aria-hidden />, name: t('nav.calls') };
  const reports: Item = { to: '/reports', icon: <ChartColumn size={18} aria-hidden />, name: t('nav.reports') };
  if (role === 'supervisor') return { mine, lead: [supervise, calls, reports] };
  return {
    mine,
    lead: [
      supervise,
      calls,
      reports,
      { to: '/members', icon: <Users size={18} aria-hidden />, name: t('nav.members') },
      { to: '/hotlines', icon: <SlidersHorizontal size={18} aria-hidden />, name: t('nav.hotlines') },
      { to: '/log', icon: <ClipboardList size={18} aria-hidden />, name: t('nav.log') },
    ],
  };
}

const link = ({ to, icon, name }: Item) => (
  <Link key={to} to={to} className="nav-link" activeOptions={{ exact: to === '/' }}>
    {icon}
    <span>{name}</span>
  </Link>
);

function Navigation() {
  const { t } = useTranslation();
  const { mine, lead } = useItems();
  const { navigate } = useGo();
  useCommands(
    [...mine, ...lead].map(({ to, icon, name }) => ({
      id: `go ${to}`,
      name: t('palette.go', { place: name }),
      group: 'go',
      icon,
      act: () => navigate(to),
    })),
  );
  return (
    <nav className="nav" aria-label={t('nav.label')}>
      {mine.map(link)}
      {lead.length > 0 ? <p className="nav-part">{t('nav.lead')}</p> : null}
      {lead.map(link)}
    </nav>
  );
}

/** Phone-sized screens: what a volunteer needs, the rest behind "More". */
function BottomBar() {
  const { t } = useTranslation();
  const { mine, lead } = useItems();
  const { navigate } = useGo();
  const [home, calls, voicemails, ...others] = mine;
  const more = [...others, ...lead];
  return (
    <nav className="bottombar" aria-label={t('nav.label')}>
      {[home, calls, voicemails].map((item) => (item ? link(item) : null))}
      <Menu
        label={t('nav.more')}
        word={t('nav.more')}
        icon={<MoreHorizontal size={18} aria-hidden />}
        at="bottom"
        choices={more.map(({ to, icon, name }) => ({ id: to, icon, name, onChoose: () => navigate(to) }))}
      />
    </nav>
  );
}

function useGo() {
  const go = useNavigate();
  return { navigate: (to: Place) => void go({ to }) };
}
