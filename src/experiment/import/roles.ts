import { isPoll } from './shapes.ts';
import type { Survey, ThreadProfile } from './survey.ts';

/** Threads of one behaviour belong together when their mixes of calls overlap at least this much (0..1). */
const SAME_ROLE = 0.8;
/** A role that serves the network is kept from this many calls per request on. */
const LEAST_CALLS = 0.02;
/** Where nothing serves the network, a role is kept from this share of the calls on. */
const LEAST_SHARE = 0.01;
/** A role that only computes is kept if roles that serve wake it this often per request. */
const LEAST_WAKES = 0.05;
/** Threads per request from which on a role counts as made of short-lived threads. */
const SHORT_LIVED = 0.2;
const NETWORK = /:(socket|upstream)\b|^epoll_|^poll|^accept/;

/** Threads that behave alike. */
export interface ThreadGroup {
  readonly name: string;
  readonly tids: readonly number[];
  readonly calls: number;
  /** Coarse site at which the threads wait longest; empty if they live for about a request, then they start at birth. */
  readonly head: string;
  readonly mix: ReadonlyMap<string, number>;
}

/** The groups of a capture that take part in serving, and those left out. */
export interface RoleTable {
  readonly kept: readonly ThreadGroup[];
  readonly dropped: readonly ThreadGroup[];
  readonly roleOf: ReadonlyMap<number, string>;
}

/** Name for what a thread is there for. */
function behaviour(thread: ThreadProfile): string {
  const serves = thread.requests > 0;
  if (thread.polls) return serves ? 'event-loop' : 'dispatcher';
  if (serves) return 'worker';
  for (const site of thread.coarse.keys()) if (site.startsWith('accept')) return 'acceptor';
  return 'background';
}

/** Overlap of two mixes: Bhattacharyya coefficient, 1 for equal proportions. */
function overlap(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let common = 0;
  for (const [site, n] of a) common += Math.sqrt(n * (b.get(site) ?? 0));
  return common / Math.sqrt(total(a) * total(b));
}

function total(counts: ReadonlyMap<unknown, number>): number {
  let sum = 0;
  for (const n of counts.values()) sum += n;
  return sum;
}

function merge(maps: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const map of maps) for (const [key, n] of map) sums.set(key, (sums.get(key) ?? 0) + n);
  return sums;
}

function largest(counts: ReadonlyMap<string, number>): string {
  let best = '';
  for (const [key, n] of counts) if (best === '' || n > (counts.get(best) as number)) best = key;
  return best;
}

interface Cluster {
  readonly name: string;
  readonly leader: ThreadProfile;
  readonly tids: number[];
}

/** Busiest thread first, each joins the first cluster of its behaviour that it resembles. */
function cluster(survey: Survey): Cluster[] {
  const clusters: Cluster[] = [];
  const threads = [...survey.threads].sort((a, b) => b[1].calls - a[1].calls || a[0] - b[0]);
  for (const [tid, thread] of threads) {
    const name = behaviour(thread);
    const home = clusters.find((c) => c.name === name && overlap(c.leader.coarse, thread.coarse) >= SAME_ROLE);
    if (home === undefined) clusters.push({ name, leader: thread, tids: [tid] });
    else home.tids.push(tid);
  }
  return clusters;
}

/** A thread that polls waits there and nowhere else; another one where it waits longest. */
function waitingSite(waited: ReadonlyMap<string, number>, mix: ReadonlyMap<string, number>): string {
  const polls = new Map([...waited].filter(([site]) => isPoll(site.split(':', 1)[0])));
  if (polls.size > 0) return largest(polls);
  return largest(waited.size > 0 ? waited : mix);
}

function toGroups(survey: Survey): ThreadGroup[] {
  const seen = new Map<string, number>();
  return cluster(survey).map(({ name, tids }) => {
    const profiles = tids.map((tid) => survey.threads.get(tid) as ThreadProfile);
    const number = (seen.get(name) ?? 0) + 1;
    seen.set(name, number);
    const mix = merge(profiles.map((p) => p.coarse));
    const waited = merge(profiles.map((p) => p.waited));
    const shortLived = tids.length >= SHORT_LIVED * survey.requests && tids.length > 1;
    const head = shortLived ? '' : waitingSite(waited, mix);
    return { name: number === 1 ? name : `${name}-${number}`, tids, calls: total(mix), head, mix };
  });
}

/** Wake-ups per request that threads of kept groups give to a group. */
function wakesPerRequest(group: ThreadGroup, kept: readonly ThreadGroup[], survey: Survey): number {
  const members = new Set(group.tids);
  let wakes = 0;
  for (const { tids } of kept) {
    for (const tid of tids) {
      for (const [sleeper, n] of survey.threads.get(tid)?.wakes ?? []) if (members.has(sleeper)) wakes += n;
    }
  }
  return wakes / survey.requests;
}

/** Groups threads by what they do; keeps those that serve requests or are woken by these, or all that call much where none is served. */
export function findRoles(survey: Survey): RoleTable {
  const groups = toGroups(survey);
  const all = groups.reduce((sum, group) => sum + group.calls, 0);
  const serving = (g: ThreadGroup): boolean =>
    survey.requests === 0
      ? g.calls >= LEAST_SHARE * all
      : g.calls >= LEAST_CALLS * survey.requests && [...g.mix.keys()].some((site) => NETWORK.test(site));
  const kept = groups.filter(serving);
  for (let grown = true; grown;) {
    const next = groups.filter((g) => !kept.includes(g) && wakesPerRequest(g, kept, survey) >= LEAST_WAKES);
    kept.push(...next);
    grown = next.length > 0;
  }
  return table(kept, groups);
}

function table(kept: readonly ThreadGroup[], groups: readonly ThreadGroup[]): RoleTable {
  const roleOf = new Map<number, string>();
  for (const { name, tids } of kept) for (const tid of tids) roleOf.set(tid, name);
  return { kept, dropped: groups.filter((g) => !kept.includes(g)), roleOf };
}

/** Gives the threads of a second capture of the same server the roles found in the first. */
export function matchRoles(survey: Survey, known: RoleTable): RoleTable {
  const found = new Map<string, ThreadGroup[]>();
  const groups = toGroups(survey);
  for (const group of groups) {
    const role = known.kept.find((k) => k.tids.some((tid) => group.tids.includes(tid))) ?? alike(group, known);
    if (role !== undefined) found.set(role.name, [...(found.get(role.name) ?? []), group]);
  }
  const kept = [...found].map(([name, parts]) => ({
    name,
    tids: parts.flatMap((part) => part.tids),
    calls: parts.reduce((sum, part) => sum + part.calls, 0),
    head: (known.kept.find((k) => k.name === name) as ThreadGroup).head,
    mix: merge(parts.map((part) => part.mix)),
  }));
  const used = new Set(kept.flatMap((k) => k.tids));
  return table(kept, [...kept, ...groups.filter((g) => !g.tids.some((tid) => used.has(tid)))]);
}

function plain(name: string): string {
  return name.replace(/-\d+$/, '');
}

function alike(group: ThreadGroup, known: RoleTable): ThreadGroup | undefined {
  const candidates = known.kept.filter((k) => plain(k.name) === plain(group.name));
  candidates.sort((a, b) => overlap(b.mix, group.mix) - overlap(a.mix, group.mix));
  return candidates[0];
}
