import { Landing } from '../../kernel/abi.ts';
import { pageOf } from './layout.ts';
import type { ManagedThread } from './managedthread.ts';
import type { RuntimeThread } from './runtimethread.ts';
import type { Safepoint } from './safepoint.ts';

/** A way to tell threads to stop. */
export interface Poller {
  readonly doc: string;
  /** Tells all threads; they see it at their next poll. */
  arm(vm: RuntimeThread, safepoint: Safepoint): Generator<void, void, number>;
  disarm(vm: RuntimeThread, safepoint: Safepoint): Generator<void, void, number>;
  /** Emits the poll of a thread, which is in its compiled code. */
  look(thread: ManagedThread): void;
  /** What a poll does that finds the thread asked to stop, before it sleeps. */
  stop(thread: ManagedThread): Generator<void, void, number>;
  /** Whether threads are sent signals, and so must be known by their ids. */
  readonly signals: boolean;
}

/** Work to arm one thread, and to take the slow path of a poll. Assumed. */
const ARM_INSTRUCTIONS = 30;
const SLOW_INSTRUCTIONS = 200;
/** The handler is registered with the landing pads of compiled code. */
const WITH_PADS = 1;
/** Calls that signals interrupt are made again (SA_RESTART). */
const RESTARTS = 1;

/** Has signals handled, and a page that may never be written: writing it is a fault, as any access is on a machine. */
export function* prepareGuard(vm: RuntimeThread, safepoint: Safepoint): Generator<void, void, number> {
  yield* vm.call('rt_sigaction', WITH_PADS, RESTARTS);
  yield* vm.call('mprotect', pageOf(vm.env, 'guardpage'), 1, 0);
  safepoint.isGuarded = true;
}

/** A forbidden access with its signal; the handler returns to where the runtime wants the thread to go on. */
export function* fault(thread: ManagedThread, region: 'pollpage' | 'guardpage'): Generator<void, void, number> {
  thread.store(thread.env.lineOf(region), 1);
  yield;
  yield* thread.returnFromHandler(Landing.Pad);
}

function* tellEach(vm: RuntimeThread, { threads }: Safepoint): Generator<void, void, number> {
  for (const { flagLine } of threads) {
    vm.work('vm', ARM_INSTRUCTIONS);
    vm.store(flagLine, 1);
  }
  yield;
}

/** A flag of each thread, compared in every poll. */
const handshake: Poller = {
  signals: false,
  doc: 'a flag of each thread, which its poll compares (HotSpot since 10 at returns, .NET)',
  arm: tellEach,
  disarm: tellEach,
  look: (thread) => thread.load(thread.flagLine, 1),
  *stop(thread) {
    thread.work('vm', SLOW_INSTRUCTIONS);
    yield;
  },
};

/** A pointer of each thread that its poll reads through; to stop it points to a page that may not be accessed. */
const trap: Poller = {
  ...handshake,
  doc: 'a pointer of each thread, which its poll reads through and which points to a guard page to stop it (HotSpot since 10 in loops)',
  stop: (thread) => fault(thread, 'guardpage'),
};

/** One page that all threads read; to stop them it is protected. The model knows pages that may not be written: the poll that faults is a write. */
const page: Poller = {
  signals: false,
  doc: 'one page that all polls read, protected to stop the threads (HotSpot before 10)',
  *arm(vm) {
    yield* vm.call('mprotect', pageOf(vm.env, 'pollpage'), 1, 0);
  },
  *disarm(vm) {
    yield* vm.call('mprotect', pageOf(vm.env, 'pollpage'), 1, 1);
  },
  look: (thread) => thread.load(thread.env.lineOf('pollpage'), 1),
  stop: (thread) => fault(thread, 'pollpage'),
};

function* interrupt(vm: RuntimeThread, thread: ManagedThread): Generator<void, void, number> {
  yield* vm.call('tgkill', thread.tid);
}

/** For threads that run no poll for long: a flag, a barrier on every core, and a signal to each that is in managed code. */
const signal: Poller = {
  ...handshake,
  signals: true,
  doc: 'a flag, a barrier on every core, and a signal to each thread in managed code (.NET on Linux)',
  *arm(vm, safepoint) {
    yield* tellEach(vm, safepoint);
    yield* vm.call('membarrier');
    for (const thread of safepoint.threads) if (!thread.isSafe && thread.tid > 0) yield* interrupt(vm, thread);
  },
};

/** Ways to stop threads, by name. */
export const POLLERS: Readonly<Record<string, Poller>> = { handshake, trap, page, signal };
