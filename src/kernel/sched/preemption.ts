import type { Runqueue } from './runqueue.ts';

/** Where kernel code, and what it takes for kernel code, may lose its core to a thread that should run. */
export interface PreemptionModel {
  readonly doc: string;
  /** Whether the return from an interrupt of kernel code changes threads, when `queue` wants another. */
  preempts(queue: Runqueue): boolean;
  /** Whether long work in the kernel offers its core between two pieces. */
  readonly offers: boolean;
  /** Whether the work behind a network interrupt is always that of a real-time thread. */
  readonly threadsInterrupts: boolean;
}

/**
 * Preemption models of Linux by name. The return to CPL 3 changes threads under all of them. Source: Linux kernel/Kconfig.preempt and
 * kernel/sched/core.c; in Linux `none` keeps some offers (cond_resched) that `voluntary` adds to, here it has none. Of
 * `realtime` (PREEMPT_RT) the threads of interrupts are modelled; locks spin, as the first waiter does there while the owner runs
 * (rtmutex_spin_on_owner), which here it always does (docs/adr/0019-preemption.md).
 */
export const PREEMPTION = {
  none: {
    doc: 'kernel code runs until it sleeps or returns to user code',
    preempts: () => false,
    offers: false,
    threadsInterrupts: false,
  },
  voluntary: {
    doc: 'long kernel work offers its core between pieces of a page',
    preempts: () => false,
    offers: true,
    threadsInterrupts: false,
  },
  full: {
    doc: 'kernel code gives way at any interrupt',
    preempts: () => true,
    offers: true,
    threadsInterrupts: false,
  },
  lazy: {
    doc: 'kernel code gives way to real-time threads at once, to others at the second tick',
    preempts: (queue) => queue.isUrgent,
    offers: false,
    threadsInterrupts: false,
  },
  realtime: {
    doc: 'as full, and the work behind network interrupts is done by a thread of FIFO priority 50',
    preempts: () => true,
    offers: true,
    threadsInterrupts: true,
  },
} as const satisfies Readonly<Record<string, PreemptionModel>>;

/** Name of a preemption model. */
export type PreemptionName = keyof typeof PREEMPTION;
/** Names of all preemption models. */
export const PREEMPTION_NAMES = Object.keys(PREEMPTION) as readonly PreemptionName[];
