import type { SchedulerName } from '../../kernel/sched/index.ts';
import { Lab } from '../../kernel/sched/lab/lab.ts';
import { ORDINARY } from '../../kernel/sched/task.ts';
import { openStream } from '../../sim/rng.ts';
import type { Comparison, Recording } from './comparison.ts';
import { CLOCK_READ, HOST_COSTS, HOST_CPUS, MS, POLICY_OF, SLEEP } from './host.ts';
import { groupRows, numberIn, type Row } from './table.ts';

/** Relative difference of a mean that agrees, by the grade of the case; cases without a grade are foreign load for the most part. */
const TOLERANCE = { A: 0.15, B: 0.3 } as const;
const GRADES: Readonly<Record<number, keyof typeof TOLERANCE>> = {
  ...gradesOf('A', [8, 9, 11, 12, 14, 15, 18, 19, 21, 22]),
  ...gradesOf('B', [4, 10, 13, 17, 20]),
};
/** Wake-ups simulated for each case, so that chance moves a mean by a few percent at most. */
const WAKEUPS = 5000;
const PRIORITY = 10;

const CASE = [
  'case',
  'sleeper_policy',
  'sleeper_nice',
  'sleeper_slice_us',
  'sleeper_work_us',
  'nspin',
  'spin_nice',
  'spin_policy',
];

/** Delays of a sleeper beside busy threads. */
export const wakeups: Recording = {
  doc: 'wake-up delays of a sleeper beside busy threads',
  columns: [...CASE, 'mean_us'],
  texts: [],
  replay: (rows, scheduler) => groupRows(rows, CASE).flatMap((group) => compare(group, scheduler)),
};

function gradesOf<Grade extends string>(grade: Grade, cases: readonly number[]): Readonly<Record<number, Grade>> {
  return Object.fromEntries(cases.map((number) => [number, grade]));
}

function compare(group: readonly Row[], scheduler: SchedulerName): readonly Comparison[] {
  const simulated = meanDelay(group[0], scheduler);
  const grade = GRADES[numberIn(group[0], 'case')];
  return group.map((row) => {
    const recorded = numberIn(row, 'mean_us');
    const tolerance = grade === undefined ? undefined : TOLERANCE[grade] * recorded;
    return { line: row.line, figure: `mean delay [us], case ${row.cells['case']}`, recorded, simulated, tolerance };
  });
}

/** Mean delay in us. */
function meanDelay(row: Row, scheduler: SchedulerName): number {
  const rng = openStream(1, 0, `sleeper ${row.cells['case']}`);
  const [least, most] = SLEEP;
  const pinned = { ...ORDINARY, priority: PRIORITY, affinity: [0] };
  const sleeper = {
    ...pinned,
    policy: POLICY_OF[numberIn(row, 'sleeper_policy')],
    nice: numberIn(row, 'sleeper_nice'),
    slice: numberIn(row, 'sleeper_slice_us') * 1000,
    work: numberIn(row, 'sleeper_work_us') * 1000,
    readsClock: CLOCK_READ,
    sleep: () => least + rng.uniform() * (most - least),
  };
  const spinner = {
    ...pinned,
    policy: POLICY_OF[numberIn(row, 'spin_policy')],
    nice: numberIn(row, 'spin_nice'),
    work: Infinity,
  };
  const actors = [sleeper, ...Array.from({ length: numberIn(row, 'nspin') }, () => spinner)];
  const lab = new Lab({ scheduler, cpus: HOST_CPUS, actors, costs: HOST_COSTS });
  const { delays } = lab.actors[0];
  // A sleeper that gets nothing for a minute at a time has no mean worth waiting for.
  lab.run(WAKEUPS * 100 * MS, () => delays.length >= WAKEUPS);
  return delays.reduce((sum, delay) => sum + delay, 0) / delays.length / 1000;
}
