import type { Core } from '../../hw/core.ts';
import type { OpStream } from '../../hw/opstream.ts';
import { CALLS } from '../abi.ts';
import { spendCharge } from '../crossing.ts';
import type { Thread } from '../thread.ts';
import { EachCall } from './each.ts';
import { takeCall, type ServiceContext, type ServiceSpec, type StayRule } from './service.ts';

/** Decides after a call whether the thread stays inside; the strategies of one policy field. */
type Stay = (thread: Thread) => boolean;
const STAYS: { readonly [Rule in StayRule['rule']]: (spec: Extract<StayRule, { rule: Rule }>, hot: number) => Stay } = {
  chainEnd: () => () => true,
  shortStretches:
    ({ instructions }, hot) =>
    ({ service }) =>
      service.gap <= hot && service.stretches[service.lastCall] <= instructions,
};
/** Weight of the newest gap between two calls in the mean that decides whether a thread is hot. */
const NEWEST = 1 / 16;

/**
 * Threads that stay in the kernel after a call and run their own code there, in a translated and confined form, until it ends: a chain of
 * calls as an eBPF program makes them (XRP, OSDI 2022), or the short stretches between the calls of a hot thread (Userspace Bypass, OSDI 2023).
 */
export class InsideCalls extends EachCall {
  readonly #keeps: Uint8Array;
  readonly #stay: Stay;
  readonly #endsWithChain: boolean;
  readonly #limit: number;

  constructor(context: ServiceContext, { calls, until }: Extract<ServiceSpec, { kind: 'inside' }>) {
    super(context);
    this.#keeps = Uint8Array.from(CALLS, (name) => Number(calls.includes(name)));
    const hot = until.rule === 'shortStretches' ? context.clock.cycles(until.hotNs) : 0;
    this.#stay = STAYS[until.rule](until as never, hot);
    this.#endsWithChain = until.rule === 'chainEnd';
    this.#limit = until.rule === 'shortStretches' ? until.instructions : Number.POSITIVE_INFINITY;
  }

  override enter(core: Core, thread: Thread, stream: OpStream): void {
    const { service } = thread;
    const stretch = core.instructions - service.since;
    service.stretches[service.lastCall] = Math.min(stretch, STRETCH_LIMIT);
    service.gap += (core.now - service.lastEntry - service.gap) * NEWEST;
    service.lastEntry = core.now;
    // A stretch that turned out long was left by the way out.
    if (service.isInside && stretch > this.#limit) this.#leave(core, thread);
    spendCharge(core, this.policy.syscallEnter[service.isInside ? 0 : thread.cpl]);
    service.isInside = false;
    takeCall(thread, stream);
    service.lastCall = stream.nr;
  }

  override stays(core: Core, thread: Thread): boolean {
    const { service } = thread;
    service.since = core.instructions;
    if (this.#keeps[thread.nr] === 0 || thread.nr !== service.lastCall || !this.#stay(thread)) return false;
    spendCharge(core, this.policy.syscallExit[0]);
    service.isInside = true;
    return true;
  }

  override refill(core: Core, thread: Thread): boolean {
    if (this.#endsWithChain && thread.service.isInside) this.#leave(core, thread);
    return false;
  }

  #leave(core: Core, thread: Thread): void {
    spendCharge(core, this.policy.syscallExit[thread.cpl]);
    thread.service.isInside = false;
    core.cpl = thread.cpl;
  }
}

/** Largest stretch that is worth remembering. */
const STRETCH_LIMIT = 1_000_000;
