import type { SchedulerName } from '../../kernel/sched/index.ts';
import { Lab } from '../../kernel/sched/lab/lab.ts';
import { ORDINARY } from '../../kernel/sched/task.ts';
import type { Comparison, Recording } from './comparison.ts';
import { HOST_COSTS, HOST_CPUS, MS } from './host.ts';
import { quantile } from './quantile.ts';
import { groupRows, numberIn, type Row } from './table.ts';

/** Differences of a median [ms] that agree: equal threads keep to the tick; of unequal ones recorded medians differ by up to 2.7 ms among runs. */
const EQUAL = 0.1;
const UNEQUAL = 4;
/** Time simulated for each case. */
const WALL = 3000 * MS;

/** Uninterrupted turns of busy threads. */
export const timeslices: Recording = {
  doc: 'uninterrupted turns of busy threads on one core',
  columns: ['run', 'nspin', 'nice_list', 'idx', 'p50_ms'],
  texts: ['nice_list'],
  replay: (rows, scheduler) => groupRows(rows, ['nice_list']).flatMap((group) => compare(group, scheduler)),
};

function compare(group: readonly Row[], scheduler: SchedulerName): readonly Comparison[] {
  const levels = group[0].cells['nice_list'].split(/\s+/).map(Number);
  const medians = mediansOf(levels, scheduler);
  const tolerance = levels.every((nice) => nice === levels[0]) ? EQUAL : UNEQUAL;
  return group.map((row) => ({
    line: row.line,
    figure: 'median turn [ms]',
    recorded: numberIn(row, 'p50_ms'),
    simulated: medians[numberIn(row, 'idx')],
    tolerance,
  }));
}

function mediansOf(levels: readonly number[], scheduler: SchedulerName): number[] {
  const actors = levels.map((nice) => ({ ...ORDINARY, nice, work: Infinity, affinity: [0] }));
  const lab = new Lab({ scheduler, cpus: HOST_CPUS, actors, costs: HOST_COSTS });
  lab.run(WALL);
  return lab.actors.map(({ turns }) => quantile(turns, 0.5) / MS);
}
