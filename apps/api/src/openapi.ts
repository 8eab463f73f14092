import * as callBacks from '@ringdown/protocol/call-backs';
import * as distribution from '@ringdown/protocol/distribution';
import * as followUps from '@ringdown/protocol/follow-ups';
import * as http from '@ringdown/protocol/http';
import * as intake from '@ringdown/protocol/intake-form';
import { NostrEvent } from '@ringdown/protocol/nostr-event';
import * as notes from '@ringdown/protocol/notes';
import { z } from 'zod';
import type { Method, Operation } from './openapi-operation.ts';
import { practiceOperations } from './openapi-practice.ts';
import { promptOperations } from './openapi-prompts.ts';
import { shiftOperations } from './openapi-shift.ts';

const { CallList: calls } = http;

/** Every route of `/api`, for people and programs. The schemas are those the routes check with. */
export const operations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/auth/challenges',
    tag: 'Sign-in',
    access: 'public',
    summary: 'A single-use challenge, good for two minutes',
    answer: http.Challenge,
  },
  {
    method: 'post',
    path: '/api/auth/sessions',
    tag: 'Sign-in',
    access: 'public',
    summary: 'Sign in with a NIP-98 event over the challenge',
    body: http.CreateSession,
    answer: http.Me,
  },
  { method: 'delete', path: '/api/auth/session', tag: 'Sign-in', access: 'signed-in', summary: 'Sign out' },
  { method: 'get', path: '/api/me', tag: 'Sign-in', access: 'signed-in', summary: 'Who is signed in', answer: http.Me },
  {
    method: 'get',
    path: '/api/setup',
    tag: 'First run',
    access: 'public',
    summary: 'How far the first run is',
    answer: http.SetupState,
  },
  {
    method: 'post',
    path: '/api/setup/owner',
    tag: 'First run',
    access: 'public',
    summary: 'Become the owner, once',
    body: http.CreateOwner,
    answer: http.Me,
  },
  {
    method: 'get',
    path: '/api/hotlines',
    tag: 'Hotlines',
    access: 'signed-in',
    summary: 'Hotlines one may see',
    answer: z.array(http.Hotline),
  },
  {
    method: 'post',
    path: '/api/hotlines',
    tag: 'Hotlines',
    access: 'owner',
    summary: 'Make a hotline',
    body: http.CreateHotline,
    answer: http.Hotline,
  },
  {
    method: 'get',
    path: '/api/hotlines/{hotlineId}',
    tag: 'Hotlines',
    access: 'signed-in',
    summary: 'One hotline',
    answer: http.Hotline,
  },
  {
    method: 'patch',
    path: '/api/hotlines/{hotlineId}',
    tag: 'Hotlines',
    access: 'admin',
    summary: 'Change a hotline',
    body: http.UpdateHotline,
    answer: http.Hotline,
  },
  {
    method: 'get',
    path: '/api/hotlines/{hotlineId}/ladder-numbers',
    tag: 'Hotlines',
    access: 'admin',
    summary: 'Outside numbers that the hotline’s ladders may call, masked',
    answer: z.array(http.LadderNumber),
  },
  {
    method: 'post',
    path: '/api/hotlines/{hotlineId}/ladder-numbers',
    tag: 'Hotlines',
    access: 'admin',
    summary: 'Keep an outside number for a ladder: it never comes out again',
    body: http.AddLadderNumber,
    answer: http.LadderNumber,
  },
  {
    method: 'post',
    path: '/api/hotlines/{hotlineId}/vault-wraps',
    tag: 'Hotlines',
    access: 'signed-in',
    summary: 'Give members the vault key, wrapped',
    body: http.AddVaultWraps,
  },
  {
    method: 'post',
    path: '/api/hotlines/{hotlineId}/prompts',
    tag: 'Hotlines',
    access: 'admin',
    summary: 'Store a recorded prompt',
    binaryBody: 'audio/wav',
    answer: http.PromptCreated,
  },
  {
    method: 'post',
    path: '/api/hotlines/{hotlineId}/test-call',
    tag: 'Hotlines',
    access: 'admin',
    summary: 'Have a simulated phone call the hotline',
  },
  {
    method: 'post',
    path: '/api/numbers/simulated',
    tag: 'Hotlines',
    access: 'admin',
    summary: 'Add a simulated number',
    body: http.AddSimulatedNumber,
    answer: http.PhoneNumber,
  },
  {
    method: 'post',
    path: '/api/numbers/twilio',
    tag: 'Hotlines',
    access: 'admin',
    summary: 'Connect a number of a Twilio account',
    body: http.AddTwilioNumber,
    answer: http.PhoneNumber,
  },
  {
    method: 'post',
    path: '/api/invites',
    tag: 'Members',
    access: 'admin',
    summary: 'Make an invitation; its token is shown once',
    body: http.CreateInvite,
    answer: http.InviteCreated,
  },
  {
    method: 'get',
    path: '/api/invites',
    tag: 'Members',
    access: 'admin',
    summary: 'Invitations',
    answer: z.array(http.Invite),
  },
  {
    method: 'delete',
    path: '/api/invites/{inviteId}',
    tag: 'Members',
    access: 'admin',
    summary: 'Withdraw an invitation',
  },
  {
    method: 'post',
    path: '/api/invites/look-up',
    tag: 'Members',
    access: 'public',
    summary: 'What an invitation is for',
    body: http.InviteToken,
    answer: http.InviteOffer,
  },
  {
    method: 'post',
    path: '/api/invites/accept',
    tag: 'Members',
    access: 'public',
    summary: 'Accept an invitation with a key (NIP-98)',
    body: http.AcceptInvite,
    answer: http.Me,
  },
  {
    method: 'get',
    path: '/api/members',
    tag: 'Members',
    access: 'signed-in',
    summary: 'Members',
    answer: z.array(http.Member),
  },
  {
    method: 'put',
    path: '/api/members/{operatorId}/role',
    tag: 'Members',
    access: 'owner',
    summary: 'Give a member another role',
    body: http.ChangeRole,
  },
  { method: 'delete', path: '/api/members/{operatorId}', tag: 'Members', access: 'admin', summary: 'Remove a member' },
  {
    method: 'get',
    path: '/api/members/{operatorId}/service',
    tag: 'Members',
    access: 'admin',
    summary: 'What a member speaks and can do, and how they serve each hotline',
    answer: distribution.MemberService,
  },
  {
    method: 'put',
    path: '/api/members/{operatorId}/service',
    tag: 'Members',
    access: 'admin',
    summary: 'Change what a member speaks and can do, and which hotlines they belong to',
    body: distribution.MemberService,
  },
  {
    method: 'get',
    path: '/api/roster',
    tag: 'Members',
    access: 'signed-in',
    summary: 'The roster in force',
    answer: http.RosterAnswer,
  },
  {
    method: 'put',
    path: '/api/roster',
    tag: 'Members',
    access: 'admin',
    summary: 'Store a roster signed by the admin key',
    body: NostrEvent,
  },
  {
    method: 'get',
    path: '/api/gateways',
    tag: 'Members',
    access: 'admin',
    summary: 'Phone gateways',
    answer: z.array(http.GatewayInfo),
  },
  { method: 'get', path: '/api/calls', tag: 'Calls', access: 'admin', summary: 'Calls, newest first', answer: calls },
  {
    method: 'get',
    path: '/api/calls/mine',
    tag: 'Calls',
    access: 'signed-in',
    summary: 'One’s own calls',
    answer: calls,
  },
  {
    method: 'get',
    path: '/api/calls/{callId}',
    tag: 'Calls',
    access: 'signed-in',
    summary: 'A call with its whole event log',
    answer: http.CallDetail,
  },
  {
    method: 'post',
    path: '/api/calls/{callId}/number',
    tag: 'Calls',
    access: 'admin',
    summary: 'Reveal the number, with a reason; logged',
    body: http.RevealNumber,
    answer: http.RevealedNumber,
  },
  {
    method: 'get',
    path: '/api/calls/{callId}/note-changes',
    tag: 'Notes',
    access: 'signed-in',
    summary: 'Sealed changes of a call’s note, and who wrote them',
    answer: notes.NoteChanges,
  },
  {
    method: 'post',
    path: '/api/calls/{callId}/note-changes',
    tag: 'Notes',
    access: 'signed-in',
    summary: 'Add a sealed change to a call’s note',
    body: notes.SaveNoteChange,
    answer: notes.NoteChangeSaved,
  },
  {
    method: 'post',
    path: '/api/calls/{callId}/note-changes/merge',
    tag: 'Notes',
    access: 'signed-in',
    summary: 'Put one sealed change in the place of all up to a number',
    body: notes.MergeNoteChanges,
    answer: notes.NoteChangesMerged,
  },
  {
    method: 'get',
    path: '/api/calls/{callId}/earlier',
    tag: 'Notes',
    access: 'signed-in',
    summary: 'Earlier calls of the same caller, with their sealed notes',
    answer: z.array(notes.EarlierCall),
  },
  {
    method: 'get',
    path: '/api/notes',
    tag: 'Notes',
    access: 'signed-in',
    summary: 'All sealed notes one may read, for searching in the browser',
    answer: notes.NotedCalls,
  },
  {
    method: 'get',
    path: '/api/hotlines/{hotlineId}/intake-form',
    tag: 'Notes',
    access: 'signed-in',
    summary: 'The intake form in force',
    answer: intake.IntakeForm,
  },
  {
    method: 'get',
    path: '/api/hotlines/{hotlineId}/intake-form/{version}',
    tag: 'Notes',
    access: 'signed-in',
    summary: 'An intake form as it was',
    answer: intake.IntakeForm,
  },
  {
    method: 'put',
    path: '/api/hotlines/{hotlineId}/intake-form',
    tag: 'Notes',
    access: 'admin',
    summary: 'Change the intake form',
    body: intake.SaveIntakeForm,
    answer: intake.IntakeForm,
  },
  {
    method: 'get',
    path: '/api/follow-ups',
    tag: 'Follow-ups',
    access: 'signed-in',
    summary: 'What is left to do, by state or call',
    answer: z.array(followUps.FollowUp),
  },
  {
    method: 'post',
    path: '/api/follow-ups',
    tag: 'Follow-ups',
    access: 'signed-in',
    summary: 'Add a follow-up',
    body: followUps.CreateFollowUp,
    answer: followUps.FollowUp,
  },
  {
    method: 'patch',
    path: '/api/follow-ups/{followUpId}',
    tag: 'Follow-ups',
    access: 'signed-in',
    summary: 'Change a follow-up, or say that it is done',
    body: followUps.UpdateFollowUp,
    answer: followUps.FollowUp,
  },
  {
    method: 'get',
    path: '/api/call-backs',
    tag: 'Call-backs',
    access: 'signed-in',
    summary: 'Call-backs asked of supervisors, open or over: those of one’s hotlines, and what one asked oneself',
    answer: z.array(callBacks.AskedCallBack),
  },
  {
    method: 'post',
    path: '/api/call-backs',
    tag: 'Call-backs',
    access: 'signed-in',
    summary: 'Ask that a supervisor call a caller back; the reason is sealed',
    body: callBacks.AskCallBack,
    answer: callBacks.AskedCallBack,
  },
  {
    method: 'post',
    path: '/api/call-backs/{callBackId}/claim',
    tag: 'Call-backs',
    access: 'admin',
    summary: 'Take it; refused when somebody else has it',
    answer: callBacks.AskedCallBack,
  },
  {
    method: 'post',
    path: '/api/call-backs/{callBackId}/release',
    tag: 'Call-backs',
    access: 'admin',
    summary: 'Put it back, so that somebody else can take it',
    answer: callBacks.AskedCallBack,
  },
  {
    method: 'post',
    path: '/api/call-backs/{callBackId}/close',
    tag: 'Call-backs',
    access: 'signed-in',
    summary: 'Say that it is done, or withdraw it',
    body: callBacks.CloseCallBack,
    answer: callBacks.AskedCallBack,
  },
  {
    method: 'get',
    path: '/api/hotlines/{hotlineId}/people',
    tag: 'Follow-ups',
    access: 'signed-in',
    summary: 'Whom a follow-up of the hotline can be given to',
    answer: z.array(followUps.Person),
  },
  {
    method: 'get',
    path: '/api/calls/{callId}/notes',
    tag: 'Calls',
    access: 'signed-in',
    summary: 'Sealed notes of a call',
    answer: z.array(http.Note),
  },
  {
    method: 'get',
    path: '/api/voicemails',
    tag: 'Calls',
    access: 'signed-in',
    summary: 'Voicemails',
    answer: z.array(http.Voicemail),
  },
  {
    method: 'get',
    path: '/api/voicemails/{voicemailId}/sealed',
    tag: 'Calls',
    access: 'signed-in',
    summary: 'A voicemail, sealed to the vault',
    binaryAnswer: 'application/octet-stream',
  },
  {
    method: 'post',
    path: '/api/voicemails/{voicemailId}/heard',
    tag: 'Calls',
    access: 'signed-in',
    summary: 'Mark as heard',
  },
  {
    method: 'get',
    path: '/api/admin-log',
    tag: 'Calls',
    access: 'admin',
    summary: 'What the administrator should know',
    answer: z.array(http.AdminLogLine),
  },
  ...shiftOperations,
  ...promptOperations,
  ...practiceOperations,
];

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output') =>
  z.toJSONSchema(schema, { io, unrepresentable: 'any' });
const json = (schema: z.ZodType, io: 'input' | 'output') => ({
  'application/json': { schema: jsonSchema(schema, io) },
});
const bytes = (type: string) => ({ [type]: { schema: { type: 'string', format: 'binary' } } });

const describe = (operation: Operation) => {
  const success = operation.answer
    ? { content: json(operation.answer, 'output') }
    : operation.binaryAnswer
      ? { content: bytes(operation.binaryAnswer) }
      : {};
  const parameters = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: name?.endsWith('Id') ? { type: 'string', format: 'uuid' } : { type: 'string' },
  }));
  const content = {
    ...(operation.body ? json(operation.body, 'input') : {}),
    ...(operation.binaryBody ? bytes(operation.binaryBody) : {}),
  };
  return {
    summary: operation.summary,
    tags: [operation.tag],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(operation.body || operation.binaryBody ? { requestBody: { required: true, content } } : {}),
    security: operation.access === 'public' ? [] : [{ session: [] }],
    responses: {
      '2XX': { description: 'Done', ...success },
      '4XX': { description: 'Refused, with a reason', content: json(http.HttpError, 'output') },
    },
  };
};

/** OpenAPI 3.1 of this server. */
export const makeOpenApi = (origin: string) => {
  const paths: Record<string, Partial<Record<Method, unknown>>> = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ringdown',
      version: '0.1.0',
      description: 'A hotline call centre and phone-network gateway. Errors are `{ error: { reason, message } }`.',
    },
    servers: [{ url: origin }],
    components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'ringdown_session' } } },
    paths,
  };
};
