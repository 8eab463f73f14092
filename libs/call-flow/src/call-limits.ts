/** How long a person who missed or declined this call isn't offered it again, unless nobody else is left. */
export const EXCLUSION_MS = 15_000;
/** How often a call may be given to another gateway before it ends. */
export const MAX_GATEWAY_ASSIGNMENTS = 4;
export const BRIDGE_EXPECTED_MS = 15_000;
export const FAREWELL_LIMIT_MS = 45_000;
export const HANG_UP_LIMIT_MS = 10_000;
export const VOICEMAIL_GRACE_MS = 60_000;
export const MAX_HANG_UP_ATTEMPTS = 3;
export const MAX_DIGITS_KEPT = 64;
export const GENERATIONS_PER_GATEWAY = 1_000;
/** Keys LiveKit keeps per participant. */
export const KEYRING_SIZE = 16;
/** How long a phone that is called back may ring, and a person there may take to press 1. */
export const CALL_BACK_RING_MS = 60_000;
/** How long the language menu waits for a key: two choices are said once and a half. */
export const MENU_MS = 9_000;
/** How long a further phone whose audio broke may take to come back. */
export const PHONE_LEG_GRACE_MS = 15_000;
/** Whoever is asked into a call in progress has this long to accept (X2). */
export const INVITE_TIMEOUT_MS = 30_000;
/** How long a volunteer who dialled in may take to choose, or to enter a number. */
export const DIAL_IN_IDLE_MS = 60_000;
/** How long finding the number of the last caller may take. */
export const DIAL_IN_ASKED_MS = 15_000;
/** How long the phone that is called for them may ring, with the carrier's own seconds. */
export const DIAL_IN_RING_MS = 45_000;
/** No such talk lasts longer: nobody of ours sees it. */
export const DIAL_IN_MAX_MS = 3_600_000;
/** How long a caller and an outside phone may talk alone where the hotline says nothing else. */
export const OUTSIDE_MAX_MS = 3_600_000;
/** So long before the end both hear that it comes. */
export const OUTSIDE_WARNING_MS = 60_000;
/** Greeting and notice take about this long. */
export const OPENING_MS = 12_000;
/** How often a call may go on at another hotline. */
export const MAX_MOVES = 3;
/** How long finding another hotline's answer may take. */
export const LADDER_MOVE_MS = 10_000;
/** How long a caller may take to want a call-back: the question is asked about twice. */
export const LADDER_CALL_BACK_MS = 18_000;
