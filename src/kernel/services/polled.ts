import type { Core } from '../../hw/core.ts';
import type { OpStream } from '../../hw/opstream.ts';
import { CALLS, Nr } from '../abi.ts';
import { spendCharge } from '../crossing.ts';
import type { Thread } from '../thread.ts';
import { EachCall } from './each.ts';
import { takeCall, type ServiceContext, type ServiceSpec, type ServiceState } from './service.ts';
import { OWN_RING, RingFlag, type SubmissionRing } from './submissionring.ts';

/**
 * Calls submitted to a ring that a kernel thread polls (io_uring with IORING_SETUP_SQPOLL): submitting takes no system call while the
 * poller is awake, and the submitter goes on. A call that may not wait in the ring is made when the ring is drained, for which its thread sleeps.
 */
export class PolledCalls extends EachCall {
  readonly #mayWait: Uint8Array;

  constructor(context: ServiceContext, { calls }: Extract<ServiceSpec, { kind: 'polled' }>) {
    super(context);
    this.#mayWait = Uint8Array.from(CALLS, (name) => Number(calls.includes(name)));
  }

  override post(core: Core, { service: { ring }, cpl }: Thread, stream: OpStream): boolean {
    if (ring === undefined || this.#mayWait[stream.nr] === 0 || ring.needsWakeup || ring.isFull) return false;
    this.#submit(core, ring, cpl, stream);
    return true;
  }

  override enter(core: Core, thread: Thread, stream: OpStream): void {
    const { service, cpl } = thread;
    if (service.polls !== undefined) return takeCall(thread, stream);
    spendCharge(core, this.policy.syscallEnter[cpl]);
    const { ring } = service;
    if (ring === undefined) return takeCall(thread, stream);
    if (this.#mayWait[stream.nr] === 1 && !ring.isFull) {
      this.#submit(core, ring, cpl, stream);
      return this.#enterRing(thread, RingFlag.Wakeup);
    }
    if (ring.isDrained) return takeCall(thread, stream);
    hold(service, stream);
    this.#enterRing(thread, RingFlag.Wakeup | RingFlag.GetEvents);
  }

  override advance(core: Core, thread: Thread): boolean {
    const { polls } = thread.service;
    return polls === undefined ? this.#leaveRing(core, thread) : this.#pollOn(core, thread, polls);
  }

  /** The poller's next entry; after the last it looks once more, so that whoever waits for the end is told. */
  #pollOn(core: Core, poller: Thread, ring: SubmissionRing): boolean {
    const hasLooked = poller.nr === Nr.sq_poll;
    if (!hasLooked) ring.complete(core.now);
    if (ring.hasEntry(core.now)) {
      spendCharge(core, this.policy.ringEntry[0]);
      core.memory.touch(ring.take(poller), 1, false);
      return true;
    }
    poller.nr = Nr.sq_poll;
    return !hasLooked;
  }

  /** The call that had to wait for the ring follows by an entry of its own. */
  #leaveRing(core: Core, thread: Thread): boolean {
    const { service } = thread;
    const { held } = service;
    if (!service.isHolding) return false;
    service.isHolding = false;
    spendCharge(core, this.policy.syscallExit[thread.cpl]);
    spendCharge(core, this.policy.syscallEnter[thread.cpl]);
    thread.nr = held[0];
    thread.arg0 = held[1];
    thread.arg1 = held[2];
    thread.arg2 = held[3];
    return true;
  }

  #submit(core: Core, ring: SubmissionRing, cpl: 0 | 3, { nr, a, b, c }: OpStream): void {
    spendCharge(core, this.policy.ringPost[cpl]);
    core.memory.touch(ring.post(nr, a, b, c, core.now), 1, true);
    core.memory.touch(ring.line, 1, true);
  }

  #enterRing(thread: Thread, flags: number): void {
    thread.nr = Nr.io_uring_enter;
    thread.arg0 = OWN_RING;
    thread.arg1 = 0;
    thread.arg2 = flags;
  }
}

function hold(service: ServiceState, { nr, a, b, c }: OpStream): void {
  service.held[0] = nr;
  service.held[1] = a;
  service.held[2] = b;
  service.held[3] = c;
  service.isHolding = true;
}
