import { describe, expect, it } from 'vitest';
import { fakeCatalogue as catalogue } from '../../test/cli/fakecatalogue.ts';
import type { PlanRow } from '../archive/rows.ts';
import { firstReplications, measurements, planRuns } from './expand.ts';
import { meetsTarget, missingTarget, nextRound } from './stopping.ts';
import { loadStudy, type Study, type Until } from './study.ts';
import { scalarRows, summaryRows, type FinishedRun } from './summarise.ts';

const load = (text: string): Study =>
  loadStudy('s.yaml', (file) => ({ text: `experiment: s\nbase: {machine: server, workload: http}\n${text}`, file }), {
    catalogue,
  });
const plan = (study: Study): PlanRow[] => planRuns(study, measurements(study, catalogue), 0, firstReplications(study));
const finish = (rows: readonly PlanRow[], value: (row: PlanRow) => number): FinishedRun[] =>
  rows.map((row) => ({
    row,
    metrics: [{ name: 'throughput', component: 'server', value: value(row), unit: 'req/s' }],
  }));
// Free gives 10 % more than its own baseline in every replication, on whatever load the replication drew.
const speed = (row: PlanRow): number =>
  Number(row.itervars['cores']) * (100 + row.spec.replication) * (row.itervars['policy'] === 'free' ? 1.1 : 1);
// One core: values 100 +- 10, far from 2 %. Two cores: constant, precise at once.
const noisy = (row: PlanRow): number =>
  row.itervars['cores'] === 1 ? 100 + 10 * (row.spec.replication % 2 === 0 ? 1 : -1) : 50;
const spreadOf = (halfwidth: number): number => halfwidth / 12.7062047362; // of 2 values at +-s: stdev = s sqrt 2

describe('summaryRows', () => {
  const study = load(
    'vary: {policy: [baseline, free], cores: [1, 2]}\nrepeat: 3\ncompare: {factor: policy, to: baseline}',
  );
  const rows = summaryRows(study, scalarRows('s', finish(plan(study), speed)));

  it('have 4 measurements of 3 replications each, in the order of the plan', () => {
    expect(rows.map((row) => [row.measurement, row.n, row.mean])).toEqual([
      ['cores=1,policy=baseline', 3, 101],
      ['cores=1,policy=free', 3, expect.closeTo(111.1, 10)],
      ['cores=2,policy=baseline', 3, 202],
      ['cores=2,policy=free', 3, expect.closeTo(222.2, 10)],
    ]);
  });

  it('pair each policy with the baseline of the same cores: gain 10 % with half-width 0', () => {
    expect(rows[3].gain!.mean).toBeCloseTo(10, 10);
    expect(rows[3].gain!.halfwidth).toBeLessThan(1e-10);
    expect(rows[3].diff!.mean).toBeCloseTo(20.2, 10);
    expect([rows[3].baseline, rows[3].pairs]).toEqual(['baseline', 3]);
  });

  it('leave differences of the baseline itself out', () => {
    expect(rows[0].diff).toBeUndefined();
    expect(rows[0].baseline).toBeUndefined();
  });

  it('pair only replications that both sides have', () => {
    const some = finish(plan(study), speed).filter(
      ({ row }) => row.itervars['policy'] === 'free' || row.spec.replication !== 1,
    );

    expect(summaryRows(study, scalarRows('s', some))[1].pairs).toBe(2);
  });

  it('pair zipped factors by the other factors alone', () => {
    const zipped = load(
      'vary: {policy: [baseline, free], params.load: [0.1, 0.2], cores: [1, 2]}\nzip: [[policy, params.load]]\nrepeat: 2\ncompare: {factor: policy, to: baseline}',
    );

    expect(summaryRows(zipped, scalarRows('s', finish(plan(zipped), speed))).map((row) => row.pairs)).toEqual([
      undefined,
      2,
      undefined,
      2,
    ]);
  });
});

describe('a study that repeats until precise', () => {
  const study = load(
    'vary: {policy: [baseline, free], cores: [1, 2]}\ncompare: {factor: policy, to: baseline}\nrepeat: {min: 4, max: 10, target: {metric: throughput, halfwidth: 2%}}',
  );
  const points = measurements(study, catalogue);

  it('adds 2 replications to 4 for both policies of the imprecise point, none for the precise one', () => {
    const next = nextRound(study, points, finish(plan(study), noisy));

    expect(next.map((row) => row.name)).toEqual([
      's-cores=1,policy=baseline#4',
      's-cores=1,policy=baseline#5',
      's-cores=1,policy=free#4',
      's-cores=1,policy=free#5',
    ]);
  });

  it('stops at 10 replications: 4, 6, 9, 10', () => {
    const rows = plan(study);
    const counts = [4];
    for (
      let next = nextRound(study, points, finish(rows, noisy));
      next.length > 0;
      next = nextRound(study, points, finish(rows, noisy))
    ) {
      rows.push(...next);
      counts.push(rows.filter((row) => row.measurement === 'cores=1,policy=free').length);
    }

    expect(counts).toEqual([4, 6, 9, 10]);
  });

  it('meets a target of 2 % when the half-width is 1.9 % of the mean, and not when it is 2.1 %', () => {
    const until = study.repeat as Until;
    const sample = (spread: number): FinishedRun[] =>
      finish(plan(study).slice(0, 2), (row) => 100 + (row.spec.replication === 0 ? spread : -spread));

    expect(meetsTarget(sample(spreadOf(1.9)), until)).toBe(true);
    expect(meetsTarget(sample(spreadOf(2.1)), until)).toBe(false);
  });

  it('says which responses exist when the target names none', () => {
    expect(
      missingTarget(
        { ...study, repeat: { ...(study.repeat as Until), target: { metric: 'p98', halfwidth: '1%', level: 0.9 } } },
        finish(plan(study), noisy),
      ),
    ).toEqual({
      wanted: 'p98',
      have: ['throughput'],
    });
  });
});
