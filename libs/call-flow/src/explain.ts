import type { CallEvent, CallPolicy, PassedOver } from '@ringdown/protocol/call-events';
import type { HotlineId, OperatorId } from '@ringdown/protocol/ids';
import { english, type TimelineWords } from './explain-words-en.ts';
import { spanish } from './explain-words-es.ts';

export interface Explanation {
  text: string;
  /** More, one fact a line. */
  details: string[];
}

export interface Names {
  personName: (operatorId: OperatorId) => string;
  /** Undefined or absent: not known here. */
  hotlineName?: (hotlineId: HotlineId) => string | undefined;
}

/** Words in a language of the interface; English where a language has none. */
const WORDS = new Map<string, TimelineWords>([
  ['en', english],
  ['es', spanish],
]);

/** Said before it matters: the step itself leaves no trace when it is left out. */
const withheldLines = ({ ladders, callBack }: CallPolicy, words: TimelineWords): string[] =>
  !callBack && Object.values(ladders).some((steps) => steps.some(({ step }) => step === 'call-back'))
    ? [words.withheld]
    : [];

/** One line of a call's timeline in words a coordinator understands, from the event as stored (P6). */
export const explainEvent = (event: CallEvent, names: Names, language = 'en'): Explanation => {
  const w = WORDS.get(language) ?? english;
  const name = names.personName;
  const hotline = (hotlineId: HotlineId): string => names.hotlineName?.(hotlineId) ?? w.anotherHotline;
  const passedOver = (given: { passedOver: readonly PassedOver[]; alsoPassedOver?: number | undefined }): string[] => [
    ...given.passedOver.map(({ operatorId, reason }) => w.passedOver(name(operatorId), reason)),
    ...(given.alsoPassedOver ? [w.alsoPassedOver(given.alsoPassedOver)] : []),
  ];
  const plain = (text: string, details: string[] = []): Explanation => ({ text, details });
  switch (event.type) {
    case 'CallArrived': {
      const { ringTimeoutMs, maxWaitMs, nobodyWaitMs } = event.policy;
      const withheld = withheldLines(event.policy, w);
      switch (event.admission) {
        case 'open':
          return event.practice
            ? plain(w.arrivedPractice, [event.practice.script.title])
            : plain(w.arrived, [w.waits(ringTimeoutMs, maxWaitMs, nobodyWaitMs), ...withheld]);
        case 'closed':
          return plain(w.arrivedClosed, withheld);
        case 'full':
          return plain(w.arrivedFull, withheld);
      }
      break;
    }
    case 'CallPlaced':
      return plain(w.placed(name(event.operatorId)), [w.placedUnseen]);
    case 'GatewayAssigned':
      return plain(event.gatewayId ? w.gatewayAssigned : w.noGateway);
    case 'StreamStarted':
      return plain(w.streamStarted);
    case 'StreamEnded':
      return plain(w.streamEnded[event.cause]);
    case 'GatewayLost':
      return plain(w.gatewayLost);
    case 'CarrierAskedNext':
      return plain(w.carrierAsked);
    case 'CarrierStatusChanged':
      return plain(w.carrierStatus(event.status));
    case 'OfferMade':
      return plain(
        event.by && event.by !== event.operatorId
          ? w.assigned(name(event.operatorId), name(event.by))
          : w.offered(name(event.operatorId), event.reason),
        [...(event.on === 'own-phone' ? [w.onOwnPhone] : []), ...passedOver(event)],
      );
    case 'NobodyAvailable':
      return plain(event.staffed > 0 ? w.nobodyFree(event.staffed) : w.nobodyReachable, passedOver(event));
    case 'PositionChanged':
      return plain(w.position(event.position));
    case 'OfferAccepted':
      return plain(w.accepted);
    case 'OfferDeclined':
      return plain(w.declined);
    case 'OfferWithdrawn':
      return plain(w.withdrawn);
    case 'TimerFired':
      return plain(w.timers[event.timer]);
    case 'MemberJoined':
      return plain(w.joined, [w.keyFacts(event.generation, event.keyIndex)]);
    case 'MemberFailed':
      return event.reason === 'member-removed'
        ? plain(w.memberRemoved)
        : plain(w.memberFailed, [w.reason(event.reason)]);
    case 'OperatorConnectionLost':
      return plain(w.connectionLost(name(event.operatorId)));
    case 'OperatorRejoined':
      return plain(w.rejoined(name(event.operatorId)));
    case 'HoldChanged':
      return plain(event.held ? w.held : w.resumed);
    case 'MuteChanged':
      return plain(event.muted ? w.muted : w.unmuted);
    case 'DigitsSent':
      return plain(w.digitsSent);
    case 'DigitReceived':
      return plain(w.digitReceived);
    case 'HangUpRequested':
      return plain(w.hungUp(name(event.operatorId)));
    case 'PromptsFinished':
      return plain(w.promptsFinished);
    case 'VoicemailRecorded':
      return plain(w.voicemail(event.durationMs));
    case 'VoicemailFailed':
      return plain(event.reason === 'nothing-recorded' ? w.noVoicemail : w.voicemailFailed);
    case 'RoomLost':
      return plain(w.roomLost, [w.reason(event.reason)]);
    case 'PriorityChanged':
      return plain(w.priority(name(event.by), event.priority));
    case 'InvitationMade':
      return event.to.kind === 'operator'
        ? plain(w.invitedPerson(name(event.by), name(event.to.operatorId), event.mode), passedOver(event.to))
        : plain(w.invitedNumber(name(event.by), event.mode), [
            ...(event.to.confirm ? [w.confirmed] : []),
            ...(event.mode === 'blind' ? [w.leftOutside] : []),
          ]);
    case 'InvitationCancelled':
      return plain(w.invitationCancelled(name(event.by)));
    case 'TransferCompleted':
      return plain(w.handedOver(name(event.by)));
    case 'ConsultationJoined':
      return plain(w.consultationJoined);
    case 'LegLeft':
      return plain(w.left(name(event.operatorId)));
    case 'LegRemoved':
      return plain(w.letGo(name(event.by)));
    case 'SupervisionStarted':
      return plain(w.supervisionBegun(name(event.operatorId), event.mode), [
        event.announced ? w.callerTold : w.callerNotTold,
      ]);
    case 'SupervisionModeChanged':
      return plain(w.supervises(name(event.operatorId), event.mode));
    case 'TakenOver':
      return plain(w.takenOver(name(event.operatorId)));
    case 'LegDialBegun':
      return plain(w.legDialBegun);
    case 'LegDialled':
      return plain(w.legDialled);
    case 'LegDialFailed':
      return plain(w.legDialFailed, [w.reason(event.reason)]);
    case 'LegStatusChanged':
      return plain(w.legStatus(event.status));
    case 'LegStreamStarted':
      return plain(w.legStreamStarted);
    case 'LegStreamEnded':
      return plain(w.legStreamEnded);
    case 'LegDigitReceived':
      return plain(w.legDigit);
    case 'StaffRecognised':
      return plain(w.staffRecognised(name(event.operatorId)), [w.staffUncounted]);
    case 'StaffCodeRefused':
      return plain(event.reason === 'busy' ? w.staffBusy : w.staffRefused);
    case 'DialInCalling':
      return plain(event.what === 'last-caller' ? w.dialInLastCaller : w.dialInNumber, [w.dialInUnseen]);
    case 'DialInRefused':
      return plain(w.dialInRefused[event.reason]);
    case 'DialInAvailability':
      return plain(event.available ? w.dialInAvailable : w.dialInUnavailable);
    case 'LanguageChosen':
      return plain(event.how === 'pressed' ? w.languagePressed : w.languageRemembered, [w.language(event.language)]);
    case 'MovedToHotline':
      return plain(w.moved(hotline(event.hotlineId)), [
        w.waitsThere(event.policy.maxWaitMs, event.policy.nobodyWaitMs),
        ...withheldLines(event.policy, w),
      ]);
    case 'OverflowRefused':
      return plain(w.overflowRefused[event.why](hotline(event.hotlineId)));
    case 'PracticeTurnHeard':
      return plain(
        event.turn.words === null ? w.practiceSpoke(event.turn.to - event.turn.from) : w.practiceSaid(event.turn.words),
      );
    case 'PracticeHandOverTried':
      return plain(w.practiceHandOver(name(event.operatorId)));
    case 'PracticeFailed':
      return plain(w.practiceFailed);
    case 'FoundOrphaned':
      return plain(w.orphaned, [w.orphanFound[event.finding]]);
  }
  throw new Error('Unreachable: every event is explained above.');
};
