/** Media and signalling of a quiet network, milliseconds. */
export const JOIN_MS = 300;
export const CARRIER_MS = 200;
export const ASK_NEXT_MS = 1_000;
