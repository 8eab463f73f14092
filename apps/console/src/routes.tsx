import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
} from '@tanstack/react-router';
import { withWords } from './catalogue/translate.ts';
import { Home } from './home/home.tsx';
import { MyCalls } from './my-calls/my-calls.tsx';
import { Broken } from './shell/broken.tsx';
import { Gate } from './shell/gate.tsx';
import { NotFound } from './shell/not-found.tsx';

/** In a file of its own, drawn when all its words are here. */
const page = <Module extends Record<string, unknown>, Name extends keyof Module>(
  load: () => Promise<Module>,
  name: Name,
) => lazyRouteComponent(() => withWords(load()), name);

const root = createRootRoute({ component: Gate, notFoundComponent: NotFound });
const home = createRoute({ getParentRoute: () => root, path: '/', component: Home });
/** The gate draws the page for joining; signed in, one is home already. */
const join = createRoute({ getParentRoute: () => root, path: '/join', component: Home });
const myCalls = createRoute({ getParentRoute: () => root, path: '/my-calls', component: MyCalls });
const voicemails = createRoute({
  getParentRoute: () => root,
  path: '/voicemails',
  component: page(() => import('./voicemails/voicemails.tsx'), 'Voicemails'),
});
const followUps = createRoute({
  getParentRoute: () => root,
  path: '/follow-ups',
  component: page(() => import('./follow-ups/follow-ups.tsx'), 'FollowUps'),
});
const search = createRoute({
  getParentRoute: () => root,
  path: '/search',
  component: page(() => import('./search/search.tsx'), 'Search'),
});
const soundCheck = createRoute({
  getParentRoute: () => root,
  path: '/sound-check',
  component: page(() => import('./sound-check/sound-check.tsx'), 'SoundCheck'),
});
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: page(() => import('./settings/settings.tsx'), 'Settings'),
});
const calls = createRoute({
  getParentRoute: () => root,
  path: '/calls',
  component: page(() => import('./calls/calls.tsx'), 'Calls'),
});
const call = createRoute({
  getParentRoute: () => root,
  path: '/calls/$callId',
  component: page(() => import('./calls/call-detail.tsx'), 'CallDetail'),
});
const members = createRoute({
  getParentRoute: () => root,
  path: '/members',
  component: page(() => import('./members/members.tsx'), 'Members'),
});
const hotlines = createRoute({
  getParentRoute: () => root,
  path: '/hotlines',
  component: page(() => import('./hotline-settings/hotlines.tsx'), 'Hotlines'),
});
const newHotline = createRoute({
  getParentRoute: () => root,
  path: '/hotlines/new',
  component: page(() => import('./hotline-settings/new-hotline.tsx'), 'NewHotline'),
});
const hotline = createRoute({
  getParentRoute: () => root,
  path: '/hotlines/$hotlineId',
  component: page(() => import('./hotline-settings/hotlines.tsx'), 'HotlinePage'),
});
const log = createRoute({
  getParentRoute: () => root,
  path: '/log',
  component: page(() => import('./calls/admin-log.tsx'), 'AdminLog'),
});
const queue = createRoute({
  getParentRoute: () => root,
  path: '/queue',
  component: page(() => import('./queue/queue.tsx'), 'Queue'),
});
const team = createRoute({
  getParentRoute: () => root,
  path: '/team',
  component: page(() => import('./team/team.tsx'), 'Team'),
});
const dispatch = createRoute({
  getParentRoute: () => root,
  path: '/dispatch',
  component: page(() => import('./dispatch/dispatch-board.tsx'), 'DispatchBoard'),
});
const supervise = createRoute({
  getParentRoute: () => root,
  path: '/supervise',
  component: page(() => import('./supervise/supervise.tsx'), 'Supervise'),
});
const reports = createRoute({
  getParentRoute: () => root,
  path: '/reports',
  component: page(() => import('./reports/reports.tsx'), 'Reports'),
});
/** The gate draws it without the shell: it fills a screen on the wall. */
const wallboard = createRoute({
  getParentRoute: () => root,
  path: '/wallboard',
  component: page(() => import('./supervise/wallboard.tsx'), 'Wallboard'),
});

const rota = createRoute({
  getParentRoute: () => root,
  path: '/rota',
  component: page(() => import('./rota/rota-page.tsx'), 'RotaPage'),
});

const practice = createRoute({
  getParentRoute: () => root,
  path: '/practice',
  component: page(() => import('./practice/practice.tsx'), 'Practice'),
});
const practiceResult = createRoute({
  getParentRoute: () => root,
  path: '/practice/$callId',
  component: page(() => import('./practice/practice-result.tsx'), 'PracticeResult'),
});

export function makeRouter(history?: RouterHistory) {
  const routeTree = root.addChildren([
    home,
    join,
    myCalls,
    voicemails,
    followUps,
    search,
    soundCheck,
    rota,
    practice,
    practiceResult,
    settings,
    calls,
    call,
    members,
    hotlines,
    newHotline,
    hotline,
    log,
    queue,
    team,
    dispatch,
    supervise,
    reports,
    wallboard,
  ]);
  return createRouter({
    routeTree,
    scrollRestoration: true,
    defaultErrorComponent: Broken,
    ...(history ? { history } : {}),
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
