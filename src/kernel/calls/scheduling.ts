import { assumed, measured } from './numbers.ts';
import { succeed, type CallSpec } from './spec.ts';

/** Calls about processors; the runqueue's lock is taken where threads are woken and switched. */
export const schedulingCalls = {
  sched_yield: {
    doc: 'sched_yield(): lets another thread of the core run',
    footprint: measured(102, 'sched_yield alone 491 ns, less an empty call and the path `reschedule`'),
    blocks: 'never',
    effect: (host, core) => {
      if (!host.yieldCore(core)) host.runPath(core, 'reschedule');
      return 0;
    },
  },
  sched_getaffinity: {
    doc: 'sched_getaffinity()',
    footprint: assumed(400, 'a mask is copied'),
    blocks: 'never',
    effect: succeed,
  },
  sched_setaffinity: {
    doc: 'sched_setaffinity(): affinity is fixed at the start of a thread, so it only costs',
    footprint: assumed(2500, 'runqueue lock and mask'),
    blocks: 'never',
    effect: succeed,
  },
} as const satisfies Record<string, CallSpec>;
