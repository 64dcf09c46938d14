import { openStream } from '../../sim/rng.ts';
import type { Empirical } from '../../sim/distributions.ts';
import type { RecordedModel, Role } from '../../workloads/recorded/model.ts';
import { RoleWalk, toEmpirical } from '../../workloads/recorded/walk.ts';
import { replayModel } from '../../workloads/replaymodel.ts';
import type { RoleStats } from './gather.ts';
import { requestsFor } from './fidelity.ts';
import type { Survey } from './survey.ts';
import { Tally } from './tally.ts';

/** A figure of the trace beside the one that the model gives back. */
export interface Compared {
  readonly what: string;
  readonly unit: string;
  readonly captured: number;
  readonly regenerated: number;
  /** regenerated / captured - 1; 0 where both are 0. */
  readonly deviation: number;
}

/** Lines of a listing that could not be used. */
export interface UnusedLines {
  readonly file: string;
  readonly kind: string;
  readonly count: number;
  /** Numbers of the first of them, from 1. */
  readonly lines: readonly number[];
}

/** What was modelled, what was dropped, and how well the model gives back its capture. */
export interface ImportReport {
  /** False when no request was seen on a socket and the whole trace was modelled. */
  readonly servesRequests: boolean;
  /** Calls per request, in all and by call; user time between calls, by role. */
  readonly compared: readonly Compared[];
  /** The largest deviation among them, without sign. */
  readonly worst: number;
  /** Shares of the calls of the capture: those outside the requests, those of threads left out, those at rare sites. */
  readonly dropped: { readonly outside: number; readonly threads: number; readonly rare: number };
  /** Calls per request that a replay does not make: the simulated kernel lacks them, or they would map memory without end. */
  readonly notReplayed: Readonly<Record<string, number>>;
  readonly unusedLines: readonly UnusedLines[];
}

const SEED = 2;
/** Times of a role are compared from this number of them on; the middle of fewer is chance. */
const LEAST_TIMES = 100;
/** Calls of a role walked for its times: a median of so many draws is exact to some tenths of a percent. */
const MOST_DRAWS = 4e5;

/** Compares a model with what was gathered from its capture, and counts what it leaves out. */
export function makeReport(
  model: RecordedModel,
  stats: ReadonlyMap<string, RoleStats>,
  unusedLines: readonly UnusedLines[],
  servesRequests: boolean,
): ImportReport {
  const { roles, fidelity, provenance } = model;
  const captured = roles.reduce((sum, role) => sum + role.callsPerRequest, 0);
  const regenerated = fidelity.mix.reduce((sum, row) => sum + row.regenerated, 0);
  const compared = fidelity.mix.reduce((sum, row) => sum + row.captured, 0);
  const rows = [
    compare('all calls compared', 'calls/request', compared, regenerated),
    ...fidelity.mix.map((row) => compare(row.call, 'calls/request', row.captured, row.regenerated)),
    ...roles.flatMap((role) => timeRows(role, stats.get(role.name), provenance.requests)),
  ];
  const all = provenance.calls;
  const kept = captured * provenance.requests;
  const rare = roles.reduce((sum, role) => sum + role.rarePerRequest, 0) * provenance.requests;
  const threads = model.dropped.reduce((sum, { shareOfCalls }) => sum + shareOfCalls, 0);
  return {
    servesRequests,
    compared: rows,
    worst: Math.max(...rows.map(({ deviation }) => Math.abs(deviation))),
    dropped: { outside: Math.max(0, share(all - kept - rare, all) - threads), threads, rare: share(rare, all) },
    notReplayed: replayModel(model).omitted,
    unusedLines,
  };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function compare(what: string, unit: string, captured: number, regenerated: number): Compared {
  return { what, unit, captured, regenerated, deviation: captured === 0 ? 0 : regenerated / captured - 1 };
}

/** User time between calls: its mean, as the workload plays it, and the middle and the end of its distribution, as traced. */
function timeRows(role: Role, stats: RoleStats | undefined, requests: number): Compared[] {
  const captured = new Tally();
  for (const { id } of role.sites) stats?.sites.get(id)?.gap.addTo(captured);
  if (captured.n < LEAST_TIMES) return [];
  const { drawn, mean } = drawTimes(role, requests);
  const row = (name: string, a: number, b: number): Compared =>
    compare(`${role.name}: ${name} time between calls`, 'ns, traced', a, b);
  return [
    row('mean', captured.sum / captured.n, mean),
    row('median', captured.lowest(0.5), drawn.lowest(0.5)),
    row('90th percentile', captured.lowest(0.9), drawn.lowest(0.9)),
  ];
}

/** Walks a role and draws the time before each call of it. */
function drawTimes(role: Role, requests: number): { drawn: Tally; mean: number } {
  const rng = openStream(SEED, 0, role.name);
  const walk = new RoleWalk(role);
  const seen = role.sites.map(({ gapNs, perRequest }) => (gapNs?.n ?? 0) / (perRequest * requests));
  const times: (Empirical | undefined)[] = role.sites.map(({ gapNs }) =>
    gapNs === null ? undefined : toEmpirical(gapNs),
  );
  const steps = Math.min(MOST_DRAWS, Math.round(role.callsPerRequest * requestsFor([role])));
  const drawn = new Tally();
  let sum = 0;
  for (let i = 0; i < steps; i++) {
    const site = walk.step(rng);
    const { gapNs } = role.sites[site];
    // Executions whose gap was not observed count for nothing in the capture either.
    if (gapNs === null || rng.uniform() >= seen[site]) continue;
    drawn.add(times[site]!.sample(rng));
    sum += gapNs.mean;
  }
  return { drawn, mean: sum / drawn.n };
}

/** Lines of a capture that could not be used, by kind. */
export function unusedLinesOf({ capture, problems }: Survey): UnusedLines[] {
  const file = capture.path.slice(capture.path.lastIndexOf('/') + 1);
  return [...problems.found].map(([kind, { count, lines }]) => ({ file, kind, count, lines }));
}
