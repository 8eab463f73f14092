import type { AskedCallBack } from '@ringdown/protocol/call-backs';
import { Priority } from '@ringdown/protocol/call-events';

const rank = ({ priority }: AskedCallBack): number => Priority.options.indexOf(priority);

/** The most urgent first, and of those the one that was asked for first. */
export const sortCallBacks = (callBacks: readonly AskedCallBack[]): AskedCallBack[] =>
  callBacks.toSorted((a, b) => rank(a) - rank(b) || a.askedAt - b.askedAt);
