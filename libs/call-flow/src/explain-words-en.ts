import type {
  CarrierStatus,
  DistributionReason,
  InvitationMode,
  Priority,
  SupervisionMode,
  TimerName,
} from '@ringdown/protocol/call-events';
import { capital, seconds } from './explain-format.ts';

const whyNot: Record<DistributionReason, string> = {
  'longest-idle': 'waited longest for a call',
  'not-on-this-hotline': 'does not serve this hotline',
  offline: 'was offline',
  'on-break': 'was on a break',
  'on-a-call': 'was on another call',
  'ringing-elsewhere': 'was being offered another call',
  'wrapping-up': 'was writing notes after a call',
  'not-reachable': 'had no open console',
  'missed-this-call': 'missed or declined this call just before',
  'idle-for-less': 'had taken a call more recently',
  'taken-meanwhile': 'was offered another call in the same moment',
  'ring-all': 'is one of all who are free: all are rung',
  'round-robin': 'was rung longest ago: everybody in turn',
  'fewest-calls': 'has taken the fewest calls this shift',
  'weighted-random': 'was drawn by weight',
  linear: 'comes first on the list',
  'rung-more-recently': 'was rung more recently',
  'more-calls-this-shift': 'has taken more calls this shift, or was free for less long',
  'not-drawn': 'was not drawn this time',
  'later-in-order': 'comes later on the list',
  'not-on-shift': 'was not on shift',
  'shift-full': 'had taken as many calls as agreed for a shift',
  'lacks-language': 'does not speak the caller’s language',
  'lacks-skill': 'lacks a skill that this hotline asks for',
  'took-it': 'took it from the queue',
  assigned: 'was assigned it',
  invited: 'was asked into the call',
};

const timers: Record<TimerName, string> = {
  'stream-expected': 'The carrier did not connect the audio in time.',
  'ring-timeout': 'The offer was not answered in time: a missed call. The caller moves up in the queue.',
  'max-wait': 'The caller has waited as long as this hotline allows.',
  'nobody-wait': 'Nobody became reachable: the hotline’s plan for unanswered calls begins.',
  'bridge-expected':
    'The volunteer’s browser did not join in time. The caller keeps the place and someone else is asked.',
  reconnecting:
    'The volunteer’s browser did not come back in time. The caller hears an apology and is first in the queue.',
  'farewell-limit': 'The last words took too long: the call is hung up.',
  'voicemail-limit': 'The recording took too long.',
  'hang-up-limit': 'The carrier did not confirm the end of the call: it is told again.',
  redistribute: 'People who missed the call may be asked again.',
  invitation: 'The person asked in did not answer in time: the volunteer keeps the call.',
  menu: 'The caller chose no language: the hotline’s own is used.',
  'call-back': 'It is time to try the call-back again, or to give it up.',
  'ladder-step': 'This step of the plan led to nothing in time: the next one follows.',
  'phone-leg': 'The phone that was dialled did not answer in time.',
  'dial-in': 'The volunteer who dialled in took too long, or nobody answered, or the talk was as long as it may be.',
  'outside-limit': 'The call with the outside number has lasted as long as such a call may.',
};

const invitationModes: Record<InvitationMode, string> = {
  warm: 'to hand over after a word',
  blind: 'to hand over',
  'three-way': 'to talk together',
};

const supervisionModes: Record<SupervisionMode, string> = {
  listen: 'listens in',
  whisper: 'speaks to the volunteer only',
  barge: 'speaks with both',
};

/** What a call's timeline says, in English. Another language is another object of this shape, named in `explain.ts`. */
export const english = {
  anotherHotline: 'another hotline',
  whyNot,
  passedOver: (person: string, reason: DistributionReason) => `${person} ${whyNot[reason]}.`,
  alsoPassedOver: (count: number) => `Passed over as well: ${count} more.`,
  timers,
  reason: (reason: string) => `Reason: ${reason}.`,

  arrived: 'A call came in and joined the queue.',
  arrivedClosed: 'A call came in while the hotline was closed.',
  arrivedFull: 'A call came in while the queue was full.',
  arrivedPractice: 'A practice call began: the caller is scripted.',
  waits: (ringMs: number, maxMs: number, nobodyMs: number) =>
    `Rings each volunteer for ${seconds(ringMs)}; waits at most ${seconds(maxMs)}, or ${seconds(nobodyMs)} while nobody is reachable.`,
  waitsThere: (maxMs: number, nobodyMs: number) =>
    `Waits there at most ${seconds(maxMs)}, or ${seconds(nobodyMs)} while nobody is reachable.`,
  withheld: 'The caller’s number is withheld: the step that offers a call-back is left out.',
  placed: (person: string) => `${person} calls the caller of an earlier call back.`,
  placedUnseen: 'The hotline’s number is shown; nobody of us sees the number that is dialled.',

  gatewayAssigned: 'A phone gateway with the least load was asked to carry the audio.',
  noGateway: 'No phone gateway was up. The carrier plays the ending by itself.',
  gatewayLost: 'The phone gateway vanished. The carrier is expected to ask what comes next.',
  streamStarted: 'The caller’s audio reached the gateway.',
  streamEnded: {
    'carrier-stopped': 'The carrier ended the audio: the caller hung up.',
    'socket-lost': 'The audio link to the carrier broke.',
    silent: 'The carrier’s audio link went silent and was given up.',
    'protocol-breach': 'The carrier’s audio link broke its own rules and was closed.',
    directed: 'The gateway closed the audio as told.',
    'shutting-down': 'The gateway was shut down.',
  },
  carrierAsked: 'The carrier asked what comes next.',
  carrierStatus: (status: CarrierStatus) => `The carrier reported the call as ${status}.`,

  offered: (person: string, reason: DistributionReason) => `Offered to ${person}, who ${whyNot[reason]}.`,
  assigned: (person: string, by: string) => `Assigned to ${person} by ${by}.`,
  onOwnPhone: 'It rings on their own phone: then no leg of the call is private.',
  nobodyFree: (staffed: number) => `Nobody is free; ${staffed} on shift can take it later. The caller waits.`,
  nobodyReachable: 'Nobody is reachable at all.',
  position: (position: number) => `The caller is number ${position} in the queue.`,
  accepted: 'The offer was accepted. Gateway and browser agree on a key.',
  declined: 'The offer was declined. Declining is not a miss.',
  withdrawn: 'The offer was withdrawn: the volunteer went offline.',
  priority: (person: string, priority: Priority) => `${person} set the priority to ${priority}.`,

  joined: 'Key agreed: the leg between gateway and volunteer is encrypted and both can hear each other.',
  keyFacts: (generation: number, keyIndex: number) => `Group generation ${generation}, key index ${keyIndex}.`,
  memberRemoved: 'The volunteer was removed from the organisation and left the call at once; someone else is asked.',
  memberFailed: 'The volunteer’s browser could not agree on a key. Nothing was sent in clear; someone else is asked.',
  connectionLost: (person: string) => `${person}’s browser lost its connection. The caller hears music.`,
  rejoined: (person: string) => `${person} is back on the call.`,
  held: 'The caller was put on hold.',
  resumed: 'The caller was taken off hold.',
  muted: 'The volunteer muted the microphone.',
  unmuted: 'The volunteer unmuted the microphone.',
  digitsSent: 'The volunteer sent keypad tones.',
  digitReceived: 'The caller pressed a key.',
  hungUp: (person: string) => `${person} ended the call.`,
  promptsFinished: 'The last words were played to the end.',
  voicemail: (ms: number) => `A voicemail of ${seconds(ms)} was recorded and sealed to the hotline’s vault.`,
  noVoicemail: 'The caller left no voicemail.',
  voicemailFailed: 'The voicemail could not be stored.',
  roomLost: 'The media server lost the room.',

  invitedNumber: (by: string, mode: InvitationMode) => `${by} asked an outside number in (${invitationModes[mode]}).`,
  invitedPerson: (by: string, person: string, mode: InvitationMode) =>
    `${by} asked ${person} in (${invitationModes[mode]}).`,
  confirmed: 'Whoever answers is asked to press 1, so that a mailbox never takes the call.',
  leftOutside: 'Once somebody answers, nobody of us is on the call; neither phone is private.',
  invitationCancelled: (by: string) => `${by} withdrew the invitation and goes on with the caller.`,
  handedOver: (by: string) => `${by} handed the call over.`,
  consultationJoined: 'The caller was brought in: all talk together.',
  left: (person: string) => `${person} left the call.`,
  letGo: (by: string) => `${by} let somebody go from the call.`,
  supervises: (person: string, mode: SupervisionMode) => `${person} ${supervisionModes[mode]}.`,
  supervisionBegun: (person: string, mode: SupervisionMode) =>
    `${person} ${supervisionModes[mode]}. The volunteer sees it.`,
  callerTold: 'The caller was told.',
  callerNotTold: 'The caller was not told: this hotline’s policy.',
  takenOver: (person: string) => `${person} took the call over.`,

  legDialBegun: 'A further phone is being dialled.',
  legDialled: 'The carrier took the further phone’s number.',
  legDialFailed: 'The further phone could not be dialled.',
  legStatus: (status: CarrierStatus) => `The carrier reported the further phone as ${status}.`,
  legStreamStarted: 'The further phone’s audio reached the gateway.',
  legStreamEnded: 'The further phone’s audio ended.',
  legDigit: 'A key was pressed on the further phone.',

  staffRecognised: (person: string) => `${person} dialled in and entered their code: this is no caller.`,
  staffUncounted: 'The place in the queue was given up; the call counts in no figure. The keys are stored nowhere.',
  staffBusy: 'A volunteer’s code was entered, but the volunteer is on another call or is being rung.',
  staffRefused: 'A volunteer’s code was entered that is wrong, or locked after too many tries.',
  dialInLastCaller: 'The volunteer calls back the caller they spoke with last.',
  dialInNumber: 'The volunteer calls a number they entered.',
  dialInUnseen: 'The hotline’s number is shown. Nobody of us is told the number. No leg of this call is private.',
  dialInRefused: {
    'no-caller': 'There is no caller to call back, or the number was withheld.',
    'bad-number': 'The number that was entered is none, or may not be called from this hotline.',
    'no-own-phone': 'The volunteer has saved no phone of their own on which calls could ring.',
  },
  dialInAvailable: 'The volunteer becomes available: calls ring on their own phone.',
  dialInUnavailable: 'The volunteer becomes unavailable after this call.',

  languagePressed: 'The caller chose a language.',
  languageRemembered: 'The caller’s language is known from an earlier call.',
  language: (language: string) => `Language: ${language}.`,
  moved: (hotline: string) => `The call went on to ${hotline}, with its place by the time it came in.`,
  overflowRefused: {
    closed: (hotline: string) => `${capital(hotline)} was closed: the next step follows.`,
    full: (hotline: string) => `${capital(hotline)} was full: the next step follows.`,
    gone: (hotline: string) => `${capital(hotline)} is no longer there: the next step follows.`,
  },

  practiceSpoke: (ms: number) => `The volunteer spoke for ${seconds(ms)}.`,
  practiceSaid: (words: string) => `The scripted caller said “${words}”.`,
  practiceHandOver: (person: string) => `${person} tried to hand over. In practice nobody is rung.`,
  practiceFailed: 'The scripted caller could not speak: there is no local voice on this machine.',

  orphaned: 'The reconciler found that nobody holds this call any more and closed it.',
  orphanFound: {
    'carrier-says-over': 'The carrier says it is over.',
    'unknown-at-carrier': 'The carrier does not know it.',
    'too-old': 'It is older than any call may be.',
  },
};

export type TimelineWords = typeof english;
