import { bytesToBase64 } from '@ringdown/crypto/bytes';
import { noteSealFor } from '@ringdown/crypto/note-seal';
import { LocalSigner } from '@ringdown/crypto/signer';
import { generateVault, wrapVaultKey } from '@ringdown/crypto/vault';
import type { FollowUp } from '@ringdown/protocol/follow-ups';
import type { Hotline } from '@ringdown/protocol/http';
import { CallId, FollowUpId, OperatorId, PublicKeyHex, type HotlineId } from '@ringdown/protocol/ids';
import { IntakeDefinition, type IntakeForm } from '@ringdown/protocol/intake-form';
import type { EarlierCall, NoteChanges, NotedCalls } from '@ringdown/protocol/notes';
import { sealTitle } from '../follow-ups/sealed-title.ts';
import { Vaults } from '../hotline-settings/vaults.ts';
import { NoteDocument, rewrite } from '../notes/note-document.ts';
import { calls, hotlines, NOW } from './fixtures.ts';
import { SECRET_KEY } from './story-key.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const signer = new LocalSigner(SECRET_KEY);
const vault = generateVault(1);
const robin = { operatorId: OperatorId.parse(uuid(2)), name: 'Robin' };
const sam = { operatorId: OperatorId.parse(uuid(3)), name: 'Sam' };
export const HERE_CALL = CallId.parse(uuid(10));
const people = [robin, sam, { operatorId: OperatorId.parse(uuid(5)), name: 'Alexandra-Josephine' }];

/** The usual hotline with a vault that the story's own key opens. */
export async function openHotline(publicKey: string): Promise<Hotline> {
  const [hotline] = hotlines();
  if (!hotline) throw new Error('The fixtures have no hotline');
  const pair = await vault;
  const wrappedBy = PublicKeyHex.parse(publicKey);
  const wrapped = await wrapVaultKey(signer, wrappedBy, hotline.hotlineId, pair);
  const myWrap = { wrapped, wrappedBy };
  return { ...hotline, vault: { ...hotline.vault, publicKey: bytesToBase64(pair.publicKey), myWrap } };
}

const hotlineIdOf = (): HotlineId => {
  const [hotline] = hotlines();
  if (!hotline) throw new Error('The fixtures have no hotline');
  return hotline.hotlineId;
};

async function sealed(callId: CallId, write: (document: NoteDocument) => void): Promise<NoteChanges> {
  const document = new NoteDocument();
  write(document);
  const seal = await noteSealFor(await vault, { hotlineId: hotlineIdOf(), callId });
  return {
    changes: [{ seq: 1, sealed: bytesToBase64(await seal.seal(document.whole())) }],
    authors: [
      { ...sam, savedAt: NOW - 9 * MINUTE },
      { ...robin, savedAt: NOW - 3 * MINUTE },
    ],
  };
}

export const intakeForm = (): IntakeForm => ({
  hotlineId: hotlineIdOf(),
  version: 3,
  savedAt: NOW - 9 * DAY,
  definition: IntakeDefinition.parse({
    fields: [
      { id: 'name', kind: 'text', label: 'What may we call you?', required: true, help: 'Not the name on the papers.' },
      { id: 'held', kind: 'yes-no', label: 'Are you held at the moment?', required: true },
      {
        id: 'where',
        kind: 'choice',
        label: 'Where?',
        options: ['County Jail', 'City holding cells', 'Somewhere else'].map((label, n) => ({ id: `w${n}`, label })),
        showWhen: { fieldId: 'held', is: 'yes' },
      },
      {
        id: 'needs',
        kind: 'choices',
        label: 'What is needed?',
        options: ['Bail', 'A lawyer', 'Medicine', 'Somebody told'].map((label, n) => ({ id: `n${n}`, label })),
      },
      { id: 'amount', kind: 'number', label: 'How much bail was set?', showWhen: { fieldId: 'needs', is: 'n0' } },
      { id: 'court', kind: 'date', label: 'Date in court' },
      { id: 'back', kind: 'phone', label: 'Number to call back' },
    ],
    categories: ['Arrest', 'Eviction', 'Other'],
  }),
});

export const noteOfCall = (): Promise<NoteChanges> =>
  sealed(HERE_CALL, (document) => {
    document.useForm(3);
    rewrite(document.written('name'), 'Ana');
    document.setValue('held', 'yes');
    document.setValue('where', 'w0');
    document.choose('needs', 'n0', true);
    document.choose('needs', 'n1', true);
    document.setValue('amount', 2500);
    document.setFact('category', 'Arrest');
    document.setFact('priority', 'high');
    rewrite(document.text, 'Two minutes left on the phone. Her brother waits at the east gate and has the papers.');
  });

export async function earlierCalls(): Promise<EarlierCall[]> {
  const callIds = [1, 2].map((n) => CallId.parse(uuid(700 + n)));
  const texts = [
    'Asked for the number of the court. Calm.',
    'Moved to another wing. Needs her medicine from home, twice a day.',
  ];
  return Promise.all(
    callIds.map(async (callId, at) => ({
      callId,
      hotlineId: hotlineIdOf(),
      arrivedAt: NOW - (at + 1) * 3 * DAY,
      ...(await sealed(callId, (document) => rewrite(document.text, texts[at] ?? ''))),
      notes: [],
      operator: at === 0 ? sam : robin,
      talkedMs: 312_000 + at * 90_000,
      termination: { result: 'caller', reason: 'caller-hung-up' },
    })),
  );
}

export async function followUps(publicKey: string, count = 4): Promise<FollowUp[]> {
  const hotline = await openHotline(publicKey);
  const vaults = new Vaults(signer, PublicKeyHex.parse(publicKey));
  const titles = [
    'Call the brother back with the court date',
    'Bring the medicine to the east gate',
    'Ask the lawyer',
    'Thank Sam',
  ];
  const due = ['overdue', 'today', 'later', 'none'] as const;
  const days = ['2026-11-17', '2026-11-19', '2026-12-01', null];
  return Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const followUpId = FollowUpId.parse(uuid(800 + n));
      return {
        followUpId,
        hotlineId: hotline.hotlineId,
        hotlineName: hotline.name,
        callId: n % 2 === 0 ? CallId.parse(uuid(101)) : null,
        sealedTitle: await sealTitle(vaults, hotline, followUpId, titles[n % 4] ?? ''),
        dueOn: days[n % 4] ?? null,
        due: due[n % 4] ?? 'none',
        assignee: people[n % 4] ?? null,
        state: 'open' as const,
        createdAt: NOW - n * DAY,
        createdBy: robin,
        doneAt: null,
      };
    }),
  );
}

export async function notedCalls(): Promise<NotedCalls> {
  const rows = calls(6);
  return {
    calls: await Promise.all(
      rows.map(async ({ callId, hotlineId, arrivedAt }, n) => ({
        callId,
        hotlineId,
        arrivedAt,
        ...(await sealed(callId, (document) => rewrite(document.text, `Note ${n}: her brother waits at the gate.`))),
        notes: [],
      })),
    ),
    next: null,
    total: rows.length,
  };
}

export const peopleOfHotline = () => people;
