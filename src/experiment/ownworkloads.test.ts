import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../archive/rows.ts';
import { prettyJson } from '../archive/canonical.ts';
import { ConfigError, problemText } from '../sim/errors.ts';
import { RECORDED_MODELS } from '../workloads/recorded/models.ts';
import { replayModel } from '../workloads/replaymodel.ts';
import { measurements, planRuns } from './expand.ts';
import type { ReadText } from './layers.ts';
import { catalogue } from './names.ts';
import { run } from './run.ts';
import { loadStudy, type Study } from './study.ts';

const STUDY = `experiment: own
base: {machine: genoa-vm, cores: 1, kpti: false, warmup: 5ms, measure: 30ms, params: {connections: 4}}
vary: {workload: [java-nio, nio.json]}
repeat: 1
`;
const NIO = readFileSync('src/workloads/recorded/nio17-1.json', 'utf8');

function reading(texts: Record<string, string>): ReadText {
  return (file) => {
    if (texts[file] === undefined) throw new Error('no such file');
    return { text: texts[file], file };
  };
}

function load(texts: Record<string, string>): Study {
  return loadStudy('s.yaml', reading(texts), { catalogue });
}

function mistakes(texts: Record<string, string>): string {
  try {
    load(texts);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(problemText).join('\n');
    throw error;
  }
  return '';
}

const runsOf = (study: Study): RunResult[] =>
  planRuns(study, measurements(study, catalogue), 0, 1).map((row) => run(row.spec));
const metric = (result: RunResult, name: string): number => result.metrics.find((row) => row.name === name)!.value;

describe('a workload file that a study names', () => {
  const study = load({ 's.yaml': STUDY, 'nio.json': NIO });

  it('is replayed like the server that was written by hand from the same trace: throughput within 2 %', () => {
    const [byHand, replayed] = runsOf(study);
    expect(metric(replayed, 'throughput') / metric(byHand, 'throughput')).toBeGreaterThan(0.98);
    expect(metric(replayed, 'throughput') / metric(byHand, 'throughput')).toBeLessThan(1.02);
  });

  it('makes the calls of its trace per request: jdkhttp17 4 fcntl, 2 epoll_ctl, 3.29 writes, 1.59 futex calls', () => {
    const text = STUDY.replace('[java-nio, nio.json]', '[jdk.json]');
    const jdk = readFileSync('src/workloads/recorded/jdkhttp17-fixed4.json', 'utf8');
    const [result] = runsOf(load({ 's.yaml': text, 'jdk.json': jdk }));
    const calls = (name: string): number => metric(result, `callsPerRequest.${name}`);

    expect(calls('fcntl')).toBeCloseTo(4, 1);
    expect(calls('epoll_add')).toBeCloseTo(2, 1);
    expect(calls('write')).toBeCloseTo(3.29, 1);
    expect(calls('futex_wait') + calls('futex_wake')).toBeCloseTo(1.59, 1);
  });

  it('is kept in the resolved study, which reads as the same study where the file is gone', () => {
    const again = loadStudy('r.json', reading({ 'r.json': prettyJson(study) }), { catalogue });
    expect(again).toEqual(study);
    expect(runsOf(again).map(({ fingerprint }) => fingerprint)).toEqual(
      runsOf(study).map(({ fingerprint }) => fingerprint),
    );
  });

  it('refuses a parameter that replays do not have, with those they have', () => {
    const text = STUDY.replace('[java-nio, nio.json]', '[nio.json]').replace('connections: 4', 'workers: 4');
    expect(mistakes({ 's.yaml': text, 'nio.json': NIO })).toMatch(/workers.*traceGHz/s);
  });
});

describe('mistakes in workload files', () => {
  it('are listed by path: a site without its rate, a role without sites', () => {
    const broken = { format: 2, name: 'x', totals: { requestBytes: 1, replyBytes: 1 }, roles: [{ paths: [] }] };
    const text = mistakes({ 's.yaml': STUDY, 'nio.json': JSON.stringify(broken) });
    expect(text).toContain('nio.json roles.0.sites');
  });

  it('name a file that is no JSON or not there', () => {
    expect(mistakes({ 's.yaml': STUDY, 'nio.json': '{' })).toContain('nio.json (syntax)');
    expect(mistakes({ 's.yaml': STUDY })).toContain('cannot read nio.json: no such file');
  });
});

describe('what is replayed of a recorded server', () => {
  it.each(Object.entries(RECORDED_MODELS))('keeps the calls of %s or names them as omitted', (_, model) => {
    const { steps, omitted, waitNs, otherNs } = replayModel(model);
    const sites = model.roles.flatMap((role) => role.sites);
    const kept = steps.reduce((sum, step) => sum + step.perRequest, 0);
    const left = Object.values(omitted).reduce((sum, rate) => sum + rate, 0);
    const waits = sites.filter(({ id }) => id.endsWith(':block')).reduce((sum, site) => sum + site.perRequest, 0);

    expect(kept + left + waits).toBeCloseTo(
      sites.reduce((sum, site) => sum + site.perRequest, 0),
      6,
    );
    expect(left).toBeLessThan(0.2);
    expect(waitNs).toBeGreaterThanOrEqual(0);
    expect(otherNs).toBeGreaterThanOrEqual(0);
    expect(steps.filter(({ kind }) => kind === 'receive').length).toBeGreaterThan(0);
    expect(steps.filter(({ kind }) => kind === 'send').length).toBeGreaterThan(0);
  });
});

describe('calls without a part in the request', () => {
  it('are replayed for what they take: of fstat, openat and mmap only the mapping is left out', () => {
    const [model] = Object.values(RECORDED_MODELS);
    const site = (call: string) => ({ ...model.roles[0].sites[0], id: call, call, perRequest: 1 });
    const extended = {
      ...model,
      roles: [{ ...model.roles[0], sites: ['fstat', 'openat', 'mmap'].map(site), paths: [] }],
    };

    const { steps, omitted } = replayModel(extended);

    expect(steps.map(({ kind, call }) => [kind, call])).toEqual([
      ['plain', 'fstat'],
      ['plain', 'newfstatat'],
    ]);
    expect(omitted).toEqual({ mmap: 1 });
  });
});
