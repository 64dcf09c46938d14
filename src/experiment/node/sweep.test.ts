import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeCatalogue as catalogue } from '../../../test/cli/fakecatalogue.ts';
import { readPlan } from '../../archive/storeresults.ts';
import { census, readRecord } from '../../archive/storeruns.ts';
import { loadStudy, type Study } from '../study.ts';
import { prepareResults } from './prepare.ts';
import { sweep, type Failure, type SweepObserver, type SweepOptions } from './sweep.ts';

const FAKE = new URL('../../../test/cli/fakerun.ts', import.meta.url).href;
const STUDY = `experiment: s
base: {machine: server, workload: http}
vary: {policy: [baseline, free], cores: [1, 2]}
repeat: 3
compare: {factor: policy, to: baseline}
`;
const load = (text: string): Study => loadStudy('s.yaml', (file) => ({ text, file }), { catalogue });

class Log implements SweepObserver {
  readonly plans: (readonly [number, number])[] = [];
  readonly names: string[] = [];
  readonly failures: Failure[] = [];
  onFinished: () => void = () => undefined;

  planned(selected: number, done: number): void {
    this.plans.push([selected, done]);
  }

  finished(row: { name: string }): void {
    this.names.push(row.name);
    this.onFinished();
  }

  failed(failure: Failure): void {
    this.failures.push(failure);
  }
}

let dir = '';
let log = new Log();
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ringsim-sweep-'));
  log = new Log();
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const options = (rest: Partial<SweepOptions> = {}): SweepOptions => ({
  dir,
  catalogue,
  runModule: FAKE,
  engine: 'native',
  workers: 2,
  failFast: false,
  program: 'ringsim',
  observer: log,
  ...rest,
});
const text = (name: string, folder = dir): string => readFileSync(join(folder, name), 'utf8');

describe('sweep', () => {
  it('does 12 runs, and their tables have the same bytes with 1 and with 3 workers', async () => {
    const one = await sweep(load(STUDY), options({ workers: 1 }));
    const other = join(dir, 'other');
    await sweep(load(STUDY), options({ workers: 3, dir: other }));

    expect([one.plan.length, one.skipped, one.done, one.left]).toEqual([12, 0, 12, 0]);
    for (const name of ['scalars.csv', 'summary.csv', 'plan.jsonl']) expect(text(name)).toBe(text(name, other));
    expect(text('scalars.csv').split('\n')).toHaveLength(1 + 12 * 2 + 1);
    expect(
      one.summary.find((row) => row.measurement === 'cores=2,policy=free' && row.metric === 'throughput'),
    ).toMatchObject({
      n: 3,
      baseline: 'baseline',
      pairs: 3,
      diff: { mean: 2 * 10 * ('free'.length - 'baseline'.length), halfwidth: expect.closeTo(0, 9) as number },
    });
  });

  it('stopped after 2 of 12 runs keeps them, and the next one does the other 10 to the same bytes', async () => {
    const stop = new AbortController();
    log.onFinished = () => log.names.length === 2 && stop.abort();
    const first = await sweep(load(STUDY), options({ workers: 1, signal: stop.signal }));

    expect([first.done, first.left]).toEqual([2, 10]);
    expect(census(dir).finished.size).toBe(2);
    expect(readPlan(dir)).toHaveLength(12);
    expect(text('scalars.csv').split('\n')).toHaveLength(1 + 2 * 2 + 1);

    const second = await sweep(load(STUDY), options());
    await sweep(load(STUDY), options({ dir: join(dir, 'whole') }));

    expect([second.skipped, second.done, second.left]).toEqual([2, 10, 0]);
    expect(text('scalars.csv')).toBe(text('scalars.csv', join(dir, 'whole')));
  });

  it('reports a failing run at once with its id and command, finishes the others and tries it again next time', async () => {
    const study = load(STUDY.replace('cores: [1, 2]', 'params.load: [0.13, 0.2]').replace('repeat: 3', 'repeat: 1'));
    const outcome = await sweep(study, options());

    expect([outcome.done, outcome.failures.length, outcome.left]).toEqual([2, 2, 0]);
    const { row, message, command } = log.failures[0];
    expect(message).toBe('load 0.13 is unlucky');
    expect(command).toContain(`run ${dir}/study.resolved.json -o params.load=0.13 -o policy=`);
    expect(readRecord(dir, row.id)).toMatchObject({ status: 'failed', command, message });
    expect(text('scalars.csv')).not.toContain('0.13');

    log = new Log();
    await sweep(study, options());
    expect([log.names.length, log.failures.length]).toEqual([0, 2]);
  });

  it('with failFast stops after the first failure', async () => {
    const study = load(STUDY.replace('cores: [1, 2]', 'params.load: [0.13, 0.2]'));
    const outcome = await sweep(study, options({ workers: 1, failFast: true }));

    expect([outcome.failures.length, outcome.done, outcome.left]).toEqual([1, 0, 11]);
  });

  it('does only selected runs, and plans all of them', async () => {
    const outcome = await sweep(load(STUDY), options({ select: (row) => row.spec.replication === 0 }));

    expect([outcome.plan.length, outcome.done, outcome.left]).toEqual([12, 4, 0]);
  });

  it('adds replications until the response is precise, and a second sweep finds nothing to do', async () => {
    const precise = STUDY.replace(
      'repeat: 3',
      'repeat: {min: 2, max: 30, target: {metric: throughput, halfwidth: 1%}}',
    );
    const outcome = await sweep(load(precise), options());
    const counts = outcome.summary.filter((row) => row.metric === 'throughput');

    for (const row of counts) expect(row.halfwidth! / row.mean).toBeLessThanOrEqual(0.01);
    expect(Math.max(...counts.map((row) => row.n))).toBeGreaterThan(2);
    const bytes = text('scalars.csv');
    const again = await sweep(load(precise), options());
    expect([again.done, again.skipped, again.plan.length]).toEqual([0, outcome.plan.length, outcome.plan.length]);
    expect(text('scalars.csv')).toBe(bytes);
  });

  it('refuses a precision target on a response that the runs lack, and keeps the runs', async () => {
    const study = load(
      STUDY.replace('repeat: 3', 'repeat: {min: 2, max: 3, target: {metric: trouput, halfwidth: 2%}}'),
    );

    await expect(sweep(study, options())).rejects.toThrow(
      'unknown response (got "trouput", allowed latency.p99 | throughput',
    );
    expect(census(dir).finished.size).toBe(8);
  });
});

describe('prepareResults', () => {
  it('accepts the same study again and refuses one with other levels, naming every key that differs', () => {
    prepareResults(dir, load(STUDY), STUDY, false);
    prepareResults(dir, load(`${STUDY}question: Why?\n`), STUDY, false);

    const other = STUDY.replace('repeat: 3', 'repeat: 4').replace('[1, 2]', '[1, 2, 4]');
    const refused = (): void => prepareResults(dir, load(other), other, false);
    expect(refused).toThrow('repeat: results of another study: stored 3, asked 4');
    expect(refused).toThrow('vary.cores: results of another study: stored [1,2], asked [1,2,4]');
    expect(text('study.yaml')).toBe(STUDY);

    prepareResults(dir, load(other), other, true);
    expect(text('study.yaml')).toBe(other);
  });
});
