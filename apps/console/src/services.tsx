import { QueryClient } from '@tanstack/react-query';
import { createContext, use, useSyncExternalStore } from 'react';
import { CallDesk } from './active-call/call-desk.ts';
import type { CallMedia, CreateCallMedia } from './active-call/call-media.ts';
import type { PageConnection } from './active-call/page-connection.ts';
import type { FirstRunProgress } from './first-run/progress.ts';
import { Vaults } from './hotline-settings/vaults.ts';
import { InviteLedger } from './members/invite-ledger.ts';
import { RosterKeeper } from './members/roster-keeper.ts';
import type { Attention } from './ringing/attention.ts';
import { followFloor } from './server/floor-changes.ts';
import type { LiveLine } from './server/live-line.ts';
import type { Rest } from './server/rest.ts';
import type { Followed } from './server/store.ts';
import type { Account, OpenAccount } from './sign-in/account.ts';
import type { AdminPin } from './sign-in/admin-pin.ts';
import type { DeviceStore } from './sign-in/device-store.ts';
import type { Preferences } from './sound-check/preferences.ts';
import { NoteDesk } from './notes/note-desk.ts';

/** What the screens work with; chosen in main.tsx, and by the story page with stand-ins. */
export interface ConsoleServices {
  readonly rest: Rest;
  readonly queries: QueryClient;
  readonly account: Account;
  readonly device: DeviceStore;
  readonly pin: AdminPin;
  readonly ledger: InviteLedger;
  readonly preferences: Preferences;
  readonly page: PageConnection;
  readonly origin: string;
  readonly now: () => number;
  readonly openLine: () => LiveLine;
  readonly loadMedia: () => Promise<CreateCallMedia>;
  readonly attention: Attention;
  readonly firstRun: FirstRunProgress;
}

export const Services = createContext<ConsoleServices | null>(null);

export function useServices(): ConsoleServices {
  const services = use(Services);
  if (!services) throw new Error('The console was drawn without its services');
  return services;
}

/** What exists while somebody is signed in with an open key and a place in the roster. */
export interface Work {
  readonly account: OpenAccount;
  readonly line: LiveLine;
  readonly desk: CallDesk;
  readonly vaults: Vaults;
  readonly notes: NoteDesk;
  /** Only the owner's console keeps the roster. */
  readonly keeper: RosterKeeper | null;
}

export function startWork(services: ConsoleServices, account: OpenAccount): { work: Work; stop: () => void } {
  const { rest, pin, ledger, device, page, queries, now } = services;
  const { me, signer } = account;
  const line = services.openLine();
  const vaults = new Vaults(signer, me.organisation.adminPublicKey);
  const loadMedia = async (): Promise<CallMedia> => {
    const create = await services.loadMedia();
    return create({
      connectionId: page.connectionId,
      signer,
      origin: services.origin,
      now,
      adminPublicKey: pin.find() ?? me.organisation.adminPublicKey,
      roster: () => line.getSnapshot().snapshot?.roster ?? null,
      send: (callId, message) => line.sendMls({ callId, message }),
      rosterMemory: pin,
      devices: services.preferences.getSnapshot().devices,
    });
  };
  const desk = new CallDesk(line, page, loadMedia);
  const signed = () => {
    void queries.invalidateQueries();
    if (!me.inRoster) void services.account.refresh();
  };
  const keeper =
    me.role === 'owner'
      ? new RosterKeeper({ rest, signer, owner: me.publicKey, pin, ledger, vaults, now, signed })
      : null;
  const floor = followFloor(queries);
  const stopTopics = line.onChanged((topic) => {
    floor.changed(topic);
    void queries.invalidateQueries({ queryKey: [topic] });
    if (topic === 'members' || topic === 'gateways') void keeper?.check();
    // One's own hotlines, role and names may be others now.
    if (topic === 'members') void queries.invalidateQueries({ queryKey: ['hotlines'] });
    if (topic === 'members' || topic === 'hotlines') void services.account.refresh();
  });
  const stopLead = page.onLead(() => desk.follow());
  const notes = new NoteDesk({ rest, device, vaults, line, me: me.operatorId });
  // What can't be sent now stays on the device until the next start.
  notes.sendDrafts().catch(() => undefined);
  // The first screen before the roster: what checks signatures is loaded for it. Without a place in it there is no screen.
  const stopFirst = keeper && me.inRoster ? onFirstSnapshot(line, () => void keeper.check()) : null;
  if (!stopFirst) void keeper?.check();
  return {
    work: { account, line, desk, vaults, notes, keeper },
    stop: () => {
      stopTopics();
      stopFirst?.();
      floor.stop();
      stopLead();
      notes.close();
      void desk.close();
      line.close();
    },
  };
}

function onFirstSnapshot(line: LiveLine, run: () => void): () => void {
  let stop = () => {};
  const look = () => {
    if (line.getSnapshot().snapshot === null) return;
    stop();
    run();
  };
  stop = line.subscribe(look);
  look();
  return stop;
}

export const WorkContext = createContext<Work | null>(null);

export function useWork(): Work {
  const work = use(WorkContext);
  if (!work) throw new Error('This screen is for people who are signed in');
  return work;
}

export function useFollowed<Value>(followed: Followed<Value>): Value {
  return useSyncExternalStore(followed.subscribe, followed.getSnapshot);
}
