import type { ForgetCall, GatewayDirective, HeldCall, MlsToGateway } from '@ringdown/protocol/gateway';
import type { CallId } from '@ringdown/protocol/ids';
import { GatewayCall, type GatewayCallParts } from './gateway-call.ts';
import type { StreamDoor } from './media-stream-server.ts';
import { callsHeld, refusedMessages } from './metrics.ts';

const TICK_MS = 20;
/** Tokens of calls that ended, so that a late stream is refused at once instead of being waited for. */
const MOST_PAST_TOKENS = 1_000;

/** Every call of this gateway, by id and by the token of its stream. One timer serves them all. */
export class Calls {
  private readonly calls = new Map<CallId, GatewayCall>();
  private readonly byToken = new Map<string, GatewayCall>();
  private readonly pastTokens = new Set<string>();
  private readonly ticker: NodeJS.Timeout;
  draining = false;

  constructor(private readonly partsFor: (callId: CallId) => GatewayCallParts) {
    this.ticker = setInterval(() => {
      const nowMs = performance.now();
      for (const call of this.calls.values()) call.tick(nowMs);
    }, TICK_MS);
  }

  get size(): number {
    return this.calls.size;
  }

  get held(): HeldCall[] {
    return [...this.calls.values()].map((call) => call.held);
  }

  onDirective(directive: GatewayDirective): void {
    const known = this.calls.get(directive.callId);
    const isAnew = known && known.streamToken !== directive.streamToken && directive.revision > known.held.revision;
    if (isAnew && !known.hasOthers) {
      // The carrier was told to connect anew: a new stream, a new place in the room, new generations of the group.
      this.remove(directive.callId, 'directed');
    } else if (known) {
      const before = known.streamTokens;
      if (known.apply(directive) === 'not-newer') refusedMessages.inc({ source: 'api', reason: 'old-revision' });
      else this.remember(known, before);
      return;
    }
    const call = new GatewayCall(directive, this.partsFor(directive.callId));
    this.calls.set(directive.callId, call);
    this.remember(call, []);
    callsHeld.set(this.calls.size);
  }

  onForget({ callId }: ForgetCall): void {
    this.remove(callId, 'directed');
  }

  onMls({ callId, connectionId, message }: MlsToGateway): void {
    const outcome = this.calls.get(callId)?.onMls(connectionId, message) ?? 'unknown-call';
    if (outcome !== 'taken') refusedMessages.inc({ source: 'member', reason: outcome });
  }

  /** After a (re)connection: of the calls we told, those not in the list have ended. One we were given since is not told. */
  onDirectives(directives: readonly GatewayDirective[], told: readonly HeldCall[]): void {
    const live = new Set(directives.map(({ callId }) => callId));
    for (const { callId } of told) if (!live.has(callId)) this.remove(callId, 'directed');
    for (const directive of directives) this.onDirective(directive);
  }

  rosterChanged(): void {
    for (const call of this.calls.values()) call.rosterChanged();
  }

  readonly door: StreamDoor = {
    knows: (token) => this.byToken.has(token) || this.pastTokens.has(token),
    admit: (token, carrierCallId, streamId, socket, wire) => {
      if (this.draining) return 'draining';
      return this.byToken.get(token)?.accept(token, carrierCallId, streamId, socket, wire) ?? 'unknown-call';
    },
  };

  close(): void {
    clearInterval(this.ticker);
    for (const callId of this.calls.keys()) this.remove(callId, 'shutting-down');
  }

  private remove(callId: CallId, cause: 'directed' | 'shutting-down'): void {
    const call = this.calls.get(callId);
    if (!call) return;
    this.calls.delete(callId);
    for (const token of call.streamTokens) this.forgetToken(token);
    call.close(cause);
    callsHeld.set(this.calls.size);
  }

  /** A call's phones come and go, each with a token of its own. */
  private remember(call: GatewayCall, before: readonly string[]): void {
    const tokens = call.streamTokens;
    for (const token of before) if (!tokens.includes(token)) this.forgetToken(token);
    for (const token of tokens) this.byToken.set(token, call);
  }

  private forgetToken(token: string): void {
    this.byToken.delete(token);
    this.pastTokens.add(token);
    if (this.pastTokens.size > MOST_PAST_TOKENS) this.pastTokens.delete(this.pastTokens.values().next().value!);
  }
}
