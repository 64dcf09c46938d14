import type { BigramRow, Fidelity, MixRow, Role } from '../../workloads/recorded/model.ts';
import { openStream, type Rng } from '../../sim/rng.ts';
import { RoleWalk } from '../../workloads/recorded/walk.ts';
import type { Counted } from './untraced.ts';

/** Requests regenerated: 20000 executions of a call made 0.05 times a request, for a sampling error of 1 to 2 %. */
const REQUESTS = 400000;
/** Calls of a role regenerated at most; where requests make very many calls, fewer requests do. */
const MOST_STEPS = 1e7;
const SEED = 1;
/** Rarer calls and pairs are not compared [per request], nor rarer ones than this share of all calls. */
const LEAST_RATE = 0.05;
const LEAST_SHARE = 0.0005;

/** Calls and pairs of consecutive sites of one role, per request. */
export interface Regenerated {
  readonly calls: ReadonlyMap<string, number>;
  /** Keys are `from * sites + to`. */
  readonly pairs: ReadonlyMap<number, number>;
}

/** Walks a role as long as `requests` requests take. */
function regenerate(role: Role, requests: number, rng: Rng): Regenerated {
  const walk = new RoleWalk(role);
  const visits = new Float64Array(role.sites.length);
  const pairs = new Map<number, number>();
  const steps = Math.round(role.callsPerRequest * requests);
  for (let i = 0; i < steps; i++) {
    const from = walk.site;
    const to = walk.step(rng);
    visits[to] = visits[to] + 1;
    const pair = from * role.sites.length + to;
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  const calls = new Map<string, number>();
  role.sites.forEach(({ call }, i) => calls.set(call, (calls.get(call) ?? 0) + visits[i] / requests));
  for (const [pair, n] of pairs) pairs.set(pair, n / requests);
  return { calls, pairs };
}

/** Requests to regenerate, of roles that make so many calls each. */
export function requestsFor(roles: readonly Role[]): number {
  const most = Math.max(...roles.map(({ callsPerRequest }) => callsPerRequest));
  return Math.min(REQUESTS, Math.max(1, Math.floor(MOST_STEPS / most)));
}

function leastRate(calls: number): number {
  return Math.max(LEAST_RATE, LEAST_SHARE * calls);
}

function round(value: number): number {
  return Math.round(value * 10000) / 10000;
}

function compareBigrams(role: Role, { pairs }: Regenerated, requests: number): BigramRow {
  const size = role.sites.length;
  let compared = 0;
  let worst = '';
  let worstDeviation = 0;
  let difference = 0;
  for (const [from, to, count] of role.transitions) {
    const expected = count / requests;
    const found = pairs.get(from * size + to) ?? 0;
    difference += Math.abs(found - expected);
    if (expected < leastRate(role.callsPerRequest)) continue;
    compared++;
    const deviation = found / expected - 1;
    if (worst !== '' && Math.abs(deviation) <= Math.abs(worstDeviation)) continue;
    worstDeviation = deviation;
    worst = `${role.sites[from]?.id} ${role.sites[to]?.id}`;
  }
  const totalVariation = difference / 2 / role.callsPerRequest;
  return {
    role: role.name,
    compared,
    worst,
    worstDeviation: round(worstDeviation),
    totalVariation: round(totalVariation),
  };
}

/** Rates of one system call over all sites and roles. */
function rateOf(roles: readonly Role[], call: string, which: 'perRequest' | 'perRequestStrace'): number | null {
  const sites = roles.flatMap((role) => role.sites).filter((site) => site.call === call);
  if (sites.some((site) => site[which] === null)) return null;
  return round(sites.reduce((sum, site) => sum + (site[which] as number), 0));
}

function toMixRow(call: string, regenerated: number, roles: readonly Role[], counted: Counted | undefined): MixRow {
  const primary = rateOf(roles, call, 'perRequest') as number;
  const strace = rateOf(roles, call, 'perRequestStrace');
  const reference = counted?.calls.get(call) ?? null;
  const sites = roles.flatMap((role) => role.sites).filter((site) => site.call === call);
  return {
    call,
    captured: primary,
    strace,
    counted: reference,
    countedRange: counted?.ranges.get(call) ?? null,
    regenerated: round(regenerated),
    deviation: round(regenerated / primary - 1),
    countedDeviation: reference === null ? null : round(regenerated / reference - 1),
    loadDependent: sites.some((s) => s.loadDependent === null) ? null : sites.some((s) => s.loadDependent === true),
  };
}

/** Regenerates requests from the roles and compares mix and order with the captures and with untraced counts. */
export function measureFidelity(roles: readonly Role[], requests: number, counted: Counted | undefined): Fidelity {
  const calls = new Map<string, number>();
  const walked = requestsFor(roles);
  const least = leastRate(roles.reduce((sum, role) => sum + role.callsPerRequest, 0));
  const bigrams = roles.map((role) => {
    const result = regenerate(role, walked, openStream(SEED, 0, role.name));
    for (const [call, rate] of result.calls) calls.set(call, (calls.get(call) ?? 0) + rate);
    return compareBigrams(role, result, requests);
  });
  const compared = [...calls].filter(([, rate]) => rate >= least).sort((a, b) => b[1] - a[1]);
  const mix = compared.map(([call, rate]) => toMixRow(call, rate, roles, counted));
  const others = [...(counted?.calls ?? [])].filter(([call, rate]) => rate >= LEAST_RATE && !calls.has(call));
  return { requests: walked, seed: SEED, mix, notModelled: Object.fromEntries(others), bigrams };
}
