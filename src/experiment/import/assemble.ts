import type { CallSite, DroppedThreads, Role, Totals, Transition } from '../../workloads/recorded/model.ts';
import { type Correction, correctGaps, type Gaps } from './correction.ts';
import type { Untraced } from './untraced.ts';
import { frequentPaths, SEPARATOR } from './fold.ts';
import type { RoleStats, SiteStats } from './gather.ts';
import { prune } from './prune.ts';
import type { RoleTable, ThreadGroup } from './roles.ts';
import type { Survey } from './survey.ts';

/** Relative difference of two rates from which on a site counts as depending on load. */
const SAME_RATE = 0.05;

/** Everything gathered from the captures of one server. */
export interface Gathered {
  readonly survey: Survey;
  readonly roles: RoleTable;
  readonly stats: ReadonlyMap<string, RoleStats>;
  /** Requests of the primary capture, and of the strace capture used for comparison. */
  readonly requests: number;
  readonly other: { readonly stats: ReadonlyMap<string, RoleStats>; readonly requests: number } | undefined;
  readonly untraced: Untraced | undefined;
}

function round(value: number, digits: number): number {
  const unit = 10 ** digits;
  return Math.round(value * unit) / unit;
}

function differs(a: number, b: number): boolean {
  return Math.abs(a - b) > SAME_RATE * Math.max(a, b);
}

function toSite(site: SiteStats, role: string, all: Gathered, correction: Correction): CallSite {
  const perRequest = site.count / all.requests;
  const { other } = all;
  const strace = other === undefined ? null : (other.stats.get(role)?.sites.get(site.id)?.count ?? 0) / other.requests;
  const wakes = [...site.wakes].filter(([, n]) => n >= 0.01 * site.count);
  return {
    id: site.id,
    call: site.call,
    fd: site.turn.kind,
    perRequest: round(perRequest, 4),
    perRequestStrace: strace === null ? null : round(strace, 4),
    loadDependent: strace === null ? null : differs(perRequest, strace),
    request: site.request.distribution(),
    result: site.result.distribution() as NonNullable<CallSite['result']>,
    kernelNs: site.kernel.distribution(),
    blockedShare: round(site.slept / site.count, 4),
    blockedNs: site.blocked.distribution(),
    gapNs: site.gap.distribution(),
    userNs: round(correction.userNs({ perRequest, gap: site.gap }), 1),
    wakes: Object.fromEntries(wakes.map(([name, n]) => [name, round(n / site.count, 4)])),
  };
}

/** Thread names with their numbers replaced, without repetition. */
function commsOf(groups: readonly ThreadGroup[], survey: Survey): string[] {
  const names = groups.flatMap(({ tids }) => tids.map((tid) => survey.comms.get(tid) ?? 'unnamed'));
  return [...new Set(names.map((name) => name.replace(/\d+/g, '*')))].sort();
}

/** Site at which most sequences start, else the most frequent one. */
function headOf(stats: RoleStats): string {
  const firsts = new Map<string, number>();
  for (const [key, n] of stats.sequences) {
    const first = key.split(SEPARATOR, 1)[0];
    firsts.set(first, (firsts.get(first) ?? 0) + n);
  }
  if (firsts.size === 0) for (const { id, count } of stats.sites.values()) firsts.set(id, count);
  return [...firsts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}

function toRole(group: ThreadGroup, all: Gathered, correction: Correction): Role {
  const stats = all.stats.get(group.name) as RoleStats;
  const head = headOf(stats);
  const { ids, flows } = prune(stats, all.requests, head);
  const transitions: Transition[] = [];
  ids.forEach((from, i) => {
    for (const [to, n] of flows.get(from) as Map<string, number>) transitions.push([i, ids.indexOf(to), round(n, 2)]);
  });
  const kept = ids.map((id) => stats.sites.get(id) as SiteStats);
  const calls = [...stats.sites.values()].reduce((sum, site) => sum + site.count, 0);
  const keptCalls = kept.reduce((sum, site) => sum + site.count, 0);
  return {
    name: group.name,
    threads: group.tids.length,
    comms: commsOf([group], all.survey),
    callsPerRequest: round(keptCalls / all.requests, 4),
    head,
    sites: kept.map((site) => toSite(site, group.name, all, correction)),
    transitions,
    paths: frequentPaths(stats.sequences),
    rarePerRequest: round((calls - keptCalls) / all.requests, 4),
  };
}

function keptGaps(all: Gathered): Gaps[] {
  return all.roles.kept.flatMap(({ name }) => {
    const stats = all.stats.get(name) as RoleStats;
    const { ids } = prune(stats, all.requests, headOf(stats));
    return ids.map((id) => {
      const site = stats.sites.get(id) as SiteStats;
      return { perRequest: site.count / all.requests, gap: site.gap };
    });
  });
}

function tracedSystem(all: Gathered): number {
  let sum = 0;
  for (const stats of all.stats.values()) for (const site of stats.sites.values()) sum += site.kernel.sum;
  return sum / all.requests;
}

function toTotals(all: Gathered, roles: readonly Role[], correction: Correction): Totals {
  const timed = all.survey.capture.tool === 'perf' || correction.tracedUserNs > 0;
  const known = all.untraced !== undefined || all.survey.capture.tool === 'strace';
  return {
    calls: round(
      roles.reduce((sum, role) => sum + role.callsPerRequest, 0),
      4,
    ),
    requestBytes: round(all.survey.requestBytes, 2),
    replyBytes: round(all.survey.replyBytes, 2),
    tracedUserNs: timed ? round(correction.tracedUserNs, 1) : null,
    tracedSystemNs: all.survey.capture.tool === 'perf' ? round(tracedSystem(all), 1) : null,
    userNs: all.untraced === undefined ? null : round(all.untraced.userNs, 1),
    systemNs: typeof all.untraced?.systemNs === 'number' ? round(all.untraced.systemNs, 1) : null,
    userScale: timed && known ? round(correction.userScale, 4) : null,
    tracerGapNs: timed && known ? round(correction.tracerGapNs, 1) : null,
    gapStretch: timed && known ? round(correction.gapStretch, 4) : null,
  };
}

function toDropped(all: Gathered): DroppedThreads[] {
  const byName = new Map<string, ThreadGroup[]>();
  for (const group of all.roles.dropped) {
    for (const tid of group.tids) {
      const name = (all.survey.comms.get(tid) ?? 'unnamed').replace(/\d+/g, '*');
      const calls = all.survey.threads.get(tid)?.calls ?? 0;
      byName.set(name, [...(byName.get(name) ?? []), { ...group, tids: [tid], calls }]);
    }
  }
  const total = [...all.survey.threads.values()].reduce((sum, { calls }) => sum + calls, 0);
  const rows = [...byName].map(([name, threads]) => {
    const calls = threads.reduce((sum, thread) => sum + thread.calls, 0);
    return { comms: [name], threads: threads.length, shareOfCalls: round(calls / total, 5) };
  });
  return rows.sort((a, b) => b.shareOfCalls - a.shareOfCalls);
}

/** Roles, dropped threads and sums of one server. */
export function assemble(all: Gathered): { roles: Role[]; dropped: DroppedThreads[]; totals: Totals } {
  const correction = correctGaps(keptGaps(all), all.untraced?.userNs ?? null, all.survey.capture.tool);
  const roles = all.roles.kept.map((group) => toRole(group, all, correction));
  return { roles, dropped: toDropped(all), totals: toTotals(all, roles, correction) };
}
