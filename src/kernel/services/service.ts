import type { Core } from '../../hw/core.ts';
import type { OpStream } from '../../hw/opstream.ts';
import type { Cycles, Clock } from '../../sim/units.ts';
import { CALLS, type CallName } from '../abi.ts';
import type { CompiledPolicy } from '../crossing.ts';
import type { Thread } from '../thread.ts';
import type { SubmissionRing } from './submissionring.ts';

/** How the calls of programs come to the kernel, as a policy says it. */
export type ServiceSpec =
  /** Each by itself. */
  | { readonly kind: 'each' }
  /** Calls of these names are written to a ring; one entry performs all of them, when `room` are there or another call is made. */
  | {
      readonly kind: 'ring';
      readonly calls: readonly CallName[];
      readonly room: number;
      /** Whether they also wait while a program goes on that needs no result of theirs (`runsAhead`). */
      readonly holds: boolean;
    }
  /** Calls of these names are submitted to a ring of the thread that a kernel thread polls, which sleeps after `idleNs` in vain; `last` pins it to the last CPU. */
  | {
      readonly kind: 'polled';
      readonly calls: readonly CallName[];
      readonly room: number;
      readonly idleNs: number;
      readonly cpu: 'any' | 'last';
    }
  /** After a call of one of these names the thread stays inside and runs its code there, as long as `inside` lets it. */
  | { readonly kind: 'inside'; readonly calls: readonly CallName[]; readonly until: StayRule };

/** How long a thread stays inside: to the end of the chain that its program has pushed, or while its stretches of code are short. */
export type StayRule =
  | { readonly rule: 'chainEnd' }
  /** A thread is hot that makes calls at least every `hotNs`; a stretch is short with at most so many instructions. */
  | { readonly rule: 'shortStretches'; readonly instructions: number; readonly hotNs: number };

/** What a service is made with. */
export interface ServiceContext {
  readonly policy: CompiledPolicy;
  readonly clock: Clock;
}

/** How calls come to the kernel: one strategy a run, chosen at boot. All methods are hot. */
export interface CallService {
  /** True when a call has been taken without entering. */
  post(core: Core, thread: Thread, stream: OpStream): boolean;
  /** Charges the entry of a call and makes it the thread's; what was posted before comes first. */
  enter(core: Core, thread: Thread, stream: OpStream): void;
  /** After a call is done: true when the thread's next one follows within the same entry. */
  advance(core: Core, thread: Thread): boolean;
  /** On the way back from a call: true when the thread stays inside, so that it does not leave. */
  stays(core: Core, thread: Thread): boolean;
  /** The program wants to go on with results: true when an entry is due for what was posted. */
  refill(core: Core, thread: Thread): boolean;
}

/** The state of a thread towards its service. */
export class ServiceState {
  /** Posted calls, four words each, and how many of them are done. */
  words = new Int32Array(0);
  posted = 0;
  done = 0;
  /** The ring to which the thread submits, or which it polls as a kernel thread; and a call that waits until the ring is drained. */
  ring: SubmissionRing | undefined = undefined;
  polls: SubmissionRing | undefined = undefined;
  readonly held = new Int32Array(4);
  isHolding = false;
  isInside = false;
  /** Instructions of the core when the thread went on inside or left, and how long the stretch after each call was last time. */
  since = 0;
  readonly stretches = new Int32Array(CALLS.length).fill(MAX_STRETCH);
  lastCall = 0;
  lastEntry: Cycles = 0;
  gap: Cycles = 0;
}

/** A stretch that is never short. */
const MAX_STRETCH = 0x7fffffff;

/** Loads a call of a stream into the thread. hot */
export function takeCall(thread: Thread, stream: OpStream): void {
  thread.nr = stream.nr;
  thread.arg0 = stream.a;
  thread.arg1 = stream.b;
  thread.arg2 = stream.c;
}
