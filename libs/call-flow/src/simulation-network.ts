/** Media and signalling of a quiet network, milliseconds. */
export const JOIN_MS = 300;
export const CARRIER_MS = 200;
export const ASK_NEXT_MS = 1_000;
/** Until the carrier says that a number is busy. */
export const BUSY_MS = 1_000;
/** A phone whose stream broke asks again after this pause. */
export const LEG_PAUSE_MS = 2_000;
/** The carrier's words at an outside number, before its person can hear us. */
export const OUTSIDE_HELLO_MS = 5_000;
/** The longest prompt that is heard to its end. */
export const MESSAGE_MS = 8_000;
