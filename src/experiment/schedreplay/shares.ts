import type { SchedulerName } from '../../kernel/sched/index.ts';
import type { ActorSpec } from '../../kernel/sched/lab/actor.ts';
import { Lab } from '../../kernel/sched/lab/lab.ts';
import { ORDINARY } from '../../kernel/sched/task.ts';
import type { Comparison, Recording } from './comparison.ts';
import { HOST_COSTS, HOST_CPUS, MS, POLICY_OF } from './host.ts';
import { groupRows, numberIn, type Row } from './table.ts';

/** Absolute difference of a share that agrees: the runs of the recording differ by up to 0.0025 among themselves. */
const SHARE = 0.005;
/** The same on two cores, where balancing wanders: recorded runs of one case differ by up to 0.038. */
const UNPINNED_SHARE = 0.04;

const COLUMNS = ['run', 'kind', 'case', 'nthreads', 'idx', 'policy', 'nice', 'measured_share', 'wall_ms'];
const GROUP = ['run', 'kind', 'case'];

interface Setting {
  readonly pinned: boolean;
  readonly foreign: boolean;
  /** Whether the recording says which of several threads alike began. */
  readonly isOrderKnown: boolean;
  readonly tolerance: number;
}

/** Busy threads on one core. */
export const shares: Recording = recording('shares of busy threads on one core', /^(?!unpinned|(fifo|rr)\d*_vs_)/, {
  pinned: true,
  foreign: false,
  isOrderKnown: true,
  tolerance: SHARE,
});

/**
 * Real-time threads. Where none of them is fair, a hungry thread of another user takes what the fair server gives, as on the host. Of round-robin threads alike the
 * one that began is ahead by a part of its turn of 100 ms when the recording ends; it does not say which that was.
 */
export const realtime: Recording = recording('shares of real-time threads on one core', /^(fifo|rr)\d*_vs_/, {
  pinned: true,
  foreign: true,
  isOrderKnown: false,
  tolerance: SHARE,
});

/** Busy threads that may move between two cores. */
export const unpinned: Recording = recording('shares of busy threads on two cores', /^unpinned/, {
  pinned: false,
  foreign: false,
  isOrderKnown: true,
  tolerance: UNPINNED_SHARE,
});

function recording(doc: string, kinds: RegExp, setting: Setting): Recording {
  return {
    doc,
    columns: COLUMNS,
    texts: ['kind'],
    kinds,
    together: { by: GROUP, count: 'nthreads' },
    replay: (rows, scheduler) => {
      const known = new Map<string, readonly number[]>();
      return groupRows(rows, GROUP).flatMap((group) => compare(group, setting, scheduler, known));
    },
  };
}

function compare(
  group: readonly Row[],
  setting: Setting,
  scheduler: SchedulerName,
  known: Map<string, readonly number[]>,
): readonly Comparison[] {
  const specs = group.map((row) => specOf(row, setting.pinned));
  const wall = Math.round(numberIn(group[0], 'wall_ms')) * MS;
  const key = JSON.stringify([specs, wall]);
  const simulated = known.get(key) ?? sharesOf(specs, wall, setting, scheduler);
  known.set(key, simulated);
  const recorded = group.map((row) => numberIn(row, 'measured_share'));
  const matching = setting.isOrderKnown ? simulated : matched(simulated, recorded, specs);
  return group.map(({ line }, i) => ({
    line,
    figure: 'share',
    recorded: recorded[i],
    simulated: matching[i],
    tolerance: setting.tolerance,
  }));
}

/** Shares by the places of the recorded ones; threads alike get theirs in the order of what was recorded of them. */
function matched(simulated: readonly number[], recorded: readonly number[], specs: readonly ActorSpec[]): number[] {
  const keys = specs.map((spec) => JSON.stringify(spec));
  return recorded.map((share, i) => {
    const alike = keys.flatMap((key, j) => (key === keys[i] ? [j] : []));
    const isBefore = (j: number): boolean => recorded[j] < share || (recorded[j] === share && j < i);
    const rank = alike.filter(isBefore).length;
    return alike.map((j) => simulated[j]).toSorted((a, b) => a - b)[rank];
  });
}

/** Shares of the threads in what they get together. */
function sharesOf(specs: readonly ActorSpec[], wall: number, setting: Setting, scheduler: SchedulerName): number[] {
  const foreign = { ...ORDINARY, work: Infinity, affinity: [0] };
  const isAlone = specs.every(({ policy }) => policy === 'fifo' || policy === 'rr');
  const actors = setting.foreign && isAlone ? [...specs, foreign] : specs;
  const lab = new Lab({ scheduler, cpus: HOST_CPUS, actors, costs: HOST_COSTS });
  lab.run(wall);
  const own = lab.actors.slice(0, specs.length);
  const total = own.reduce((sum, { runtime }) => sum + runtime, 0);
  return own.map(({ runtime }) => runtime / total);
}

function specOf(row: Row, pinned: boolean): ActorSpec {
  return {
    policy: POLICY_OF[numberIn(row, 'policy')],
    nice: numberIn(row, 'nice'),
    priority: priorityOf(row),
    slice: sliceOf(row),
    work: Infinity,
    ...(pinned ? { affinity: [0] } : {}),
  };
}

/** `fifo10_vs_fair`: the priority of each thread stands in the name of its kind. */
function priorityOf({ cells }: Row): number {
  const side = cells['kind'].split('_vs_')[Number(cells['idx'])] ?? '';
  return Number(/\d+$/.exec(side)?.[0] ?? 0);
}

/** `slice_t1_3000us`: thread 1 asked for a slice, which Linux keeps between 0.1 and 100 ms. */
function sliceOf({ cells }: Row): number {
  const [, thread, us] = /^slice_t(\d+)_(\d+)us$/.exec(cells['kind']) ?? [];
  return thread === cells['idx'] ? Math.min(Math.max(Number(us) * 1000, 0.1 * MS), 100 * MS) : 0;
}
