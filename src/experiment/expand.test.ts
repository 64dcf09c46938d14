import { describe, expect, it } from 'vitest';
import { fakeCatalogue as catalogue } from '../../test/cli/fakecatalogue.ts';
import { canonicalJson } from '../archive/canonical.ts';
import { measurements, planRuns } from './expand.ts';
import { runId } from './identity.ts';
import { loadStudy, type Study } from './study.ts';
import { MODEL_VERSION } from './version.ts';

const load = (text: string): Study =>
  loadStudy(
    's.yaml',
    (file) => ({ text: `experiment: quickstart\nbase: {machine: server, workload: http}\n${text}`, file }),
    { catalogue },
  );
const names = (text: string): string[] => measurements(load(text), catalogue).map((point) => point.name);

describe('measurements', () => {
  it('cross 2 levels of cores with 2 policies, factors in alphabetical order, the last one fastest', () => {
    expect(names('vary: {policy: [kernelmode, baseline], cores: [1, 2]}')).toEqual([
      'cores=1,policy=kernelmode',
      'cores=1,policy=baseline',
      'cores=2,policy=kernelmode',
      'cores=2,policy=baseline',
    ]);
  });

  it('take zipped factors together: 3 points, not 9', () => {
    expect(
      names('vary: {params.connections: [8, 16, 32], cores: [1, 2, 4]}\nzip: [[params.connections, cores]]'),
    ).toEqual(['cores=1,params.connections=8', 'cores=2,params.connections=16', 'cores=4,params.connections=32']);
  });

  it('leave out what the constraint refuses', () => {
    expect(
      names('vary: {policy: [baseline, free], kpti: [true, false]}\nconstraint: "kpti || policy != \'free\'"'),
    ).toEqual(['kpti=true,policy=baseline', 'kpti=true,policy=free', 'kpti=false,policy=baseline']);
  });

  it('are the one point "base" without factors', () => {
    expect(names('')).toEqual(['base']);
  });

  it('carry a run config with every parameter of the workload and times in microseconds', () => {
    const [point] = measurements(
      load('vary: {params.load: [0.25], profile.cost.cr3Write: [150], warmup: [500us]}'),
      catalogue,
    );

    expect(point.config).toEqual({
      machine: 'server',
      cores: 1,
      kpti: true,
      mitigations: true,
      policy: 'baseline',
      scheduler: 'eevdf',
      preemption: 'full',
      workload: 'http',
      params: { connections: 16, load: 0.25, loop: 'open', nagle: false },
      profile: { 'cost.cr3Write': 150 },
      warmupUs: 500,
      measureUs: 100_000,
      syncWindow: 1000,
      fidelity: 'exact',
    });
  });

  it('give each of several workloads its own parameters', () => {
    const study = load('vary: {workload: [http, compute]}');

    expect(measurements(study, catalogue).map((point) => Object.keys(point.config.params))).toEqual([
      ['connections', 'load', 'loop', 'nagle'],
      ['threads'],
    ]);
  });
});

describe('planRuns', () => {
  const study = load('vary: {policy: [baseline, free], cores: [2]}\nseed: 7');
  const plan = planRuns(study, measurements(study, catalogue), 0, 3);

  it('names run 1 of cores=2, policy=free as OMNeT++ would', () => {
    expect(plan[4].name).toBe('quickstart-cores=2,policy=free#1');
  });

  it('gives all policies the same random numbers: seed and replication alone decide them', () => {
    expect(plan.map((row) => [row.spec.seed, row.spec.replication])).toEqual([0, 1, 2, 0, 1, 2].map((r) => [7, r]));
  });

  it('gives 6 runs 6 ids of 12 hex digits', () => {
    expect(new Set(plan.map((row) => row.id)).size).toBe(6);
    for (const row of plan) expect(row.id).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe('runId', () => {
  const spec = planRuns(load(''), measurements(load(''), catalogue), 0, 1)[0].spec;

  it('is the same whatever the order of keys', () => {
    const turned = {
      replication: spec.replication,
      seed: spec.seed,
      config: Object.fromEntries(Object.entries(spec.config).toReversed()),
    };

    expect(runId(turned as never)).toBe(runId(spec));
  });

  it('differs by seed, replication, any setting and model version', () => {
    const ids = [
      runId(spec),
      runId({ ...spec, seed: 2 }),
      runId({ ...spec, replication: 1 }),
      runId({ ...spec, config: { ...spec.config, cores: 2 } }),
      runId({ ...spec, config: { ...spec.config, params: { ...spec.config.params, load: 0.6 } } }),
      runId(spec, MODEL_VERSION + 1),
    ];

    expect(new Set(ids).size).toBe(6);
  });

  it('is SHA-256 of sorted JSON: 12 digits that sha256sum gives too', () => {
    const text = canonicalJson({ replication: 0, config: { b: 1, a: [true, 'x'] }, seed: 1, modelVersion: 1 });

    expect(text).toBe('{"config":{"a":[true,"x"],"b":1},"modelVersion":1,"replication":0,"seed":1}');
    expect(runId({ replication: 0, config: { b: 1, a: [true, 'x'] } as never, seed: 1 }, 1)).toBe('72ca480003f1');
  });
});
