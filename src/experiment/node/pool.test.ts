import { describe, expect, it } from 'vitest';
import { fakeCatalogue as catalogue } from '../../../test/cli/fakecatalogue.ts';
import type { RunSpec } from '../../archive/rows.ts';
import { measurements, planRuns } from '../expand.ts';
import { loadStudy } from '../study.ts';
import { runPool, type PoolOptions } from './pool.ts';

const FAKE = new URL('../../../test/cli/fakerun.ts', import.meta.url).href;
const specsOf = (text: string, replications = 1): RunSpec[] => {
  const study = loadStudy('s.yaml', (file) => ({ text: `experiment: s\n${text}`, file }), { catalogue });
  return planRuns(study, measurements(study, catalogue), 0, replications).map((row) => row.spec);
};
const options = (workers: number, rest: Partial<PoolOptions> = {}): PoolOptions => ({
  workers,
  runModule: FAKE,
  engine: 'native',
  ...rest,
});
const full = (): void => {
  throw new Error('no space left');
};
const SLOW_FIRST = 'base: {machine: server, workload: compute}\nvary: {measure: [300ms, 1ms, 2ms, 3ms]}';
const LOADS = 'base: {machine: server, workload: http}\nvary: {params.load: [0.1, 0.13, 0.14, 0.2]}';

describe('runPool', () => {
  it('gives 4 results in the order of the specs though the first ends last', async () => {
    const specs = specsOf(SLOW_FIRST);
    const ended: number[] = [];
    const outcomes = await runPool(specs, options(2, { onDone: (index) => ended.push(index) }));

    expect(outcomes.map((outcome) => outcome?.kind === 'finished' && outcome.result.spec)).toEqual(specs);
    expect(ended).toEqual([1, 2, 3, 0]);
  });

  it('fails the run that throws and the run whose worker dies, and finishes the other two', async () => {
    const outcomes = await runPool(specsOf(LOADS), options(2));

    expect(outcomes.map((outcome) => outcome?.kind)).toEqual(['finished', 'failed', 'failed', 'finished']);
    expect(outcomes[1]).toMatchObject({
      message: 'load 0.13 is unlucky',
      log: expect.stringContaining('fakerun.ts') as string,
    });
    expect(outcomes[2]).toMatchObject({ message: 'the worker ended with code 7' });
  });

  it('stopped after the first of 4 runs has one outcome and three gaps', async () => {
    const stop = new AbortController();
    const outcomes = await runPool(
      specsOf(SLOW_FIRST).toReversed(),
      options(1, { signal: stop.signal, onDone: () => stop.abort() }),
    );

    expect(outcomes.map((outcome) => outcome?.kind)).toEqual(['finished', undefined, undefined, undefined]);
  });

  it('fails every run, with the reason, when the module has no run', async () => {
    const outcomes = await runPool(
      specsOf(SLOW_FIRST).slice(0, 2),
      options(1, { runModule: 'data:text/javascript,export const walk = 1' }),
    );

    for (const outcome of outcomes)
      expect(outcome).toMatchObject({
        kind: 'failed',
        message: expect.stringContaining('exports no function "run"') as string,
      });
  });

  it('is rejected when the receiver of outcomes throws, as when a disk is full', async () => {
    await expect(runPool(specsOf(LOADS), options(1, { onDone: full }))).rejects.toThrow('no space left');
  });
});
