import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openStream } from '../../sim/rng.ts';
import { PROBABILITIES, type RecordedModel, type Role } from './model.ts';
import { RECORDED_MODELS } from './models.ts';
import { RoleWalk, toEmpirical } from './walk.ts';

const MODELS: readonly (readonly [string, RecordedModel])[] = Object.entries(RECORDED_MODELS);
const REQUESTS = 400_000;

/** Calls per request by name of call, from a walk with another seed than the file's own. */
function walkMix(roles: readonly Role[], seed: number): Map<string, number> {
  const mix = new Map<string, number>();
  for (const role of roles) {
    const walk = new RoleWalk(role);
    const rng = openStream(seed, 0, role.name);
    const visits = new Float64Array(role.sites.length);
    for (let i = 0; i < role.callsPerRequest * REQUESTS; i++) visits[walk.step(rng)]++;
    role.sites.forEach(({ call }, i) => mix.set(call, (mix.get(call) ?? 0) + visits[i] / REQUESTS));
  }
  return mix;
}

describe.each(MODELS)('recorded model %s', (name, model) => {
  it('is below 60 KB and named like its file', () => {
    const bytes = readFileSync(new URL(`./${name}.json`, import.meta.url)).length;
    expect(bytes).toBeLessThan(60_000);
    expect(model.name).toBe(name);
  });

  it('has transitions between its own sites, as many into a site as out of it within 1 % or 30', () => {
    for (const role of model.roles) {
      const into = new Float64Array(role.sites.length);
      const out = new Float64Array(role.sites.length);
      for (const [from, to, count] of role.transitions) {
        out[from] += count;
        into[to] += count;
      }
      role.sites.forEach((_, i) => expect(Math.abs(into[i] - out[i])).toBeLessThanOrEqual(Math.max(30, 0.01 * out[i])));
      expect(role.sites.some(({ id }) => id === role.head)).toBe(true);
    }
  });

  it('spends the untraced user time of a request over all its sites, within 1 %', () => {
    let sum = 0;
    for (const { sites } of model.roles) for (const site of sites) sum += site.userNs * site.perRequest;
    expect(Math.abs(sum / (model.totals.userNs ?? NaN) - 1)).toBeLessThan(0.01);
  });

  it('gives back every call made 0.05 times a request within 5 %, from a fresh seed', () => {
    const mix = walkMix(model.roles, 7);
    for (const { call, captured } of model.fidelity.mix)
      expect(Math.abs((mix.get(call) ?? 0) / captured - 1)).toBeLessThan(0.05);
    for (const { worstDeviation } of model.fidelity.bigrams) expect(Math.abs(worstDeviation)).toBeLessThan(0.05);
  });

  it('agrees with the untraced count within 1 % for every call whose rate does not depend on load', () => {
    const fixed = model.fidelity.mix.filter((row) => row.loadDependent === false);
    expect(fixed.length).toBeGreaterThanOrEqual(2);
    for (const { countedDeviation } of fixed) expect(Math.abs(countedDeviation ?? 0)).toBeLessThan(0.01);
  });

  it('draws kernel times with a mean between the 25 % and 99.9 % quantiles of the table', () => {
    for (const { sites } of model.roles) {
      for (const { kernelNs } of sites) {
        if (kernelNs === null || kernelNs.q.length === 1) continue;
        const { mean } = toEmpirical(kernelNs);
        expect(mean).toBeGreaterThanOrEqual(kernelNs.q[PROBABILITIES.indexOf(0.25)]);
        expect(mean).toBeLessThanOrEqual(kernelNs.q[PROBABILITIES.indexOf(0.999)]);
      }
    }
  });
});

describe('canonical sequences', () => {
  it('serves 2.92 sockets per wait in the selector loop of nio17-1', () => {
    const [path] = RECORDED_MODELS['nio17-1'].roles[0].paths;
    expect(path.share).toBeGreaterThan(0.99);
    expect(path.steps).toEqual([
      'epoll_wait:block',
      { times: 2.92, body: ['read:socket', 'pread64:file', 'write:log', 'write:socket'] },
    ]);
  });

  it('makes 4 fcntl, 2 epoll_ctl, 1 read, 1 pread and 3 writes for a request of jdkhttp17-fixed4, and nobody else is fixed', () => {
    const sites = RECORDED_MODELS['jdkhttp17-fixed4'].roles.flatMap((r) => r.sites);
    const fixed = sites.filter((s) => s.loadDependent === false);
    const count = (call: string) => fixed.filter((s) => s.call === call).reduce((sum, s) => sum + s.perRequest, 0);
    expect(
      ['fcntl', 'epoll_ctl', 'read', 'pread64', 'write', 'futex'].map((c) => Math.round(count(c) * 100) / 100),
    ).toEqual([4, 2, 1, 1, 3, 0]);
  });
});
