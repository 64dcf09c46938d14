import type { Core } from '../../hw/core.ts';
import type { OpStream } from '../../hw/opstream.ts';
import { CALLS } from '../abi.ts';
import { spendCharge } from '../crossing.ts';
import type { Thread } from '../thread.ts';
import { EachCall } from './each.ts';
import { takeCall, type ServiceContext, type ServiceSpec } from './service.ts';

const WORDS = 4;

/**
 * Calls gathered in a ring of shared memory and performed by one entry, in order (FlexSC, OSDI 2010; io_uring). Between two entries of a ring
 * the kernel does not lose its caches to user code. A call that may not wait takes those before it along.
 */
export class RingCalls extends EachCall {
  readonly #mayWait: Uint8Array;
  readonly #room: number;
  readonly #holds: boolean;

  constructor(context: ServiceContext, spec: Extract<ServiceSpec, { kind: 'ring' }>) {
    super(context);
    this.#mayWait = Uint8Array.from(CALLS, (name) => Number(spec.calls.includes(name)));
    this.#room = spec.room;
    this.#holds = spec.holds;
  }

  override post(core: Core, thread: Thread, stream: OpStream): boolean {
    const { service } = thread;
    if (this.#mayWait[stream.nr] === 0 || service.posted + 1 === this.#room) return false;
    this.#append(core, thread, stream);
    return true;
  }

  override enter(core: Core, thread: Thread, stream: OpStream): void {
    spendCharge(core, this.policy.syscallEnter[thread.cpl]);
    if (thread.service.posted === 0) return takeCall(thread, stream);
    this.#append(core, thread, stream);
    this.advance(core, thread);
  }

  override advance(core: Core, thread: Thread): boolean {
    const { service } = thread;
    if (service.done === service.posted) {
      service.done = service.posted = 0;
      return false;
    }
    spendCharge(core, this.policy.ringEntry[0]);
    const at = service.done++ * WORDS;
    thread.nr = service.words[at];
    thread.arg0 = service.words[at + 1];
    thread.arg1 = service.words[at + 2];
    thread.arg2 = service.words[at + 3];
    return true;
  }

  override refill(core: Core, thread: Thread): boolean {
    if ((this.#holds && thread.runsAhead) || thread.service.posted === 0) return false;
    spendCharge(core, this.policy.syscallEnter[thread.cpl]);
    return this.advance(core, thread);
  }

  #append(core: Core, thread: Thread, stream: OpStream): void {
    const { service } = thread;
    spendCharge(core, this.policy.ringPost[thread.cpl]);
    if (service.words.length === 0) service.words = new Int32Array(this.#room * WORDS);
    const at = service.posted++ * WORDS;
    service.words[at] = stream.nr;
    service.words[at + 1] = stream.a;
    service.words[at + 2] = stream.b;
    service.words[at + 3] = stream.c;
  }
}
