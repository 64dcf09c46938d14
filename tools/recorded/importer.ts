import { basename } from 'node:path';
import type { Provenance, RecordedModel } from '../../src/workloads/recorded/model.ts';
import { assemble, type Gathered } from './assemble.ts';
import { type Counted, type Untraced } from './csv.ts';
import { measureFidelity } from './fidelity.ts';
import { gather } from './gather.ts';
import { PerfCapture } from './perf.ts';
import { findRoles, matchRoles } from './roles.ts';
import { StraceCapture } from './strace.ts';
import { type Survey, surveyCapture } from './survey.ts';

/** Captures and side figures of one server. */
export interface ImportInput {
  readonly name: string;
  /** Paths, plain or gzip; at least one of the two. */
  readonly perf?: string | undefined;
  readonly strace?: string | undefined;
  /** CPU time per request without a tracer, and where it was read. */
  readonly untraced?: (Untraced & { readonly source: string }) | undefined;
  readonly counted?: (Counted & { readonly source: string }) | undefined;
  /** User CPU time of all requests of the capture when no tracer runs [s]; used where `untraced` is not given. */
  readonly userSeconds?: number | undefined;
  /** Requests in the capture, if they are known better than by counting. */
  readonly requests?: number | undefined;
}

async function survey(capture: PerfCapture | StraceCapture): Promise<Survey> {
  const found = await surveyCapture(capture);
  if (found.calls === 0) throw new Error(`${capture.path}: no system call in it (is it a ${capture.tool} listing?)`);
  if (found.requests === 0)
    throw new Error(`${capture.path}: ${found.calls} calls, but no request answered on a socket`);
  return found;
}

function problemsOf(surveys: readonly Survey[]): Provenance['problems'] {
  return surveys.flatMap(({ capture, problems }) =>
    [...problems.found].map(([kind, p]) => [basename(capture.path), kind, p.count, p.firstLine] as const),
  );
}

function untracedOf({ untraced, userSeconds }: ImportInput, requests: number): Untraced | undefined {
  if (untraced !== undefined || userSeconds === undefined) return untraced;
  return { userNs: (userSeconds * 1e9) / requests, systemNs: null };
}

async function gatherAll(input: ImportInput, primary: Survey, second: Survey | undefined): Promise<Gathered> {
  const roles = findRoles(primary);
  if (roles.kept.length === 0) throw new Error(`${primary.capture.path}: no thread serves requests`);
  const stats = await gather(primary, roles, primary);
  const requests = input.requests ?? primary.requests;
  const gathered = { survey: primary, roles, stats, requests, untraced: untracedOf(input, requests) };
  if (second === undefined) return { ...gathered, other: undefined };
  const other = { stats: await gather(second, matchRoles(second, roles), primary), requests: second.requests };
  return { ...gathered, other };
}

/**
 * Model of one recorded server. Order, rates and times come from the perf capture; the strace capture tells which
 * rates depend on load, and replaces perf, without times, where there is none.
 * Throws if a capture holds no system call or no request.
 */
export async function importServer(input: ImportInput): Promise<RecordedModel> {
  const perf = input.perf === undefined ? undefined : await survey(new PerfCapture(input.perf));
  const strace = input.strace === undefined ? undefined : await survey(new StraceCapture(input.strace));
  const primary = perf ?? strace;
  if (primary === undefined) throw new Error(`${input.name}: neither a perf nor a strace listing given`);
  const all = await gatherAll(input, primary, perf === undefined ? undefined : strace);
  const { roles, dropped, totals } = assemble(all);
  const provenance: Provenance = {
    perf: input.perf === undefined ? null : basename(input.perf),
    strace: input.strace === undefined ? null : basename(input.strace),
    primary: primary.capture.tool,
    requests: all.requests,
    calls: primary.calls,
    untraced: input.untraced?.source ?? (input.userSeconds === undefined ? null : `${input.userSeconds} s in all`),
    counted: input.counted?.source ?? null,
    problems: problemsOf([perf, strace].filter((s) => s !== undefined)),
  };
  const fidelity = measureFidelity(roles, all.requests, input.counted);
  return { format: 1, name: input.name, provenance, totals, roles, dropped, fidelity };
}
