import type { Provenance, RecordedModel } from '../../workloads/recorded/model.ts';
import { assemble, type Gathered } from './assemble.ts';
import type { Capture } from './call.ts';
import { KeptCapture } from './keptcapture.ts';
import { ImportError } from './problems.ts';
import type { Counted, Untraced } from './untraced.ts';
import { measureFidelity } from './fidelity.ts';
import { gather } from './gather.ts';
import { makeReport, unusedLinesOf, type ImportReport } from './report.ts';
import { findRoles, matchRoles } from './roles.ts';
import { type Survey, surveyCapture } from './survey.ts';

/** Captures and side figures of one server. */
export interface ImportInput {
  readonly name: string;
  /** At least one of the two. */
  readonly perf?: Capture | undefined;
  readonly strace?: Capture | undefined;
  /** CPU time per request without a tracer, and where it was read. */
  readonly untraced?: (Untraced & { readonly source: string }) | undefined;
  readonly counted?: (Counted & { readonly source: string }) | undefined;
  /** User CPU time of all requests of the capture when no tracer runs [s]; used where `untraced` is not given. */
  readonly userSeconds?: number | undefined;
  /** Requests in the capture, if they are known better than by counting. */
  readonly requests?: number | undefined;
}

/** Name of a file without its folders. */
function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

async function survey(source: Capture): Promise<Survey> {
  const capture = new KeptCapture(source);
  const found = await surveyCapture(capture);
  if (found.calls === 0)
    throw new ImportError(`${capture.path}: no system call in it (is it a ${capture.tool} listing?)`);
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
  if (roles.kept.length === 0)
    throw new ImportError(`${primary.capture.path}: no thread makes calls enough to be modelled`);
  const stats = await gather(primary, roles, primary);
  const requests = input.requests ?? (primary.requests || 1);
  const gathered = { survey: primary, roles, stats, requests, untraced: untracedOf(input, requests) };
  if (second === undefined) return { ...gathered, other: undefined };
  const other = {
    stats: await gather(second, matchRoles(second, roles), primary),
    requests: second.requests || requests,
  };
  return { ...gathered, other };
}

/** What an import gives: the model, and what can be said about how well it renders its captures. */
export interface Imported {
  readonly model: RecordedModel;
  readonly report: ImportReport;
}

/**
 * Model of one recorded server. Order, rates and times come from the perf capture; the strace capture tells which
 * rates depend on load, and replaces perf, without kernel times, where there is none.
 * Throws if a capture holds no system call. One that answers no request is modelled whole, as `requests` repetitions of what it does.
 */
export async function importServer(input: ImportInput): Promise<Imported> {
  const perf = input.perf === undefined ? undefined : await survey(input.perf);
  const strace = input.strace === undefined ? undefined : await survey(input.strace);
  const primary = perf ?? strace;
  if (primary === undefined) throw new ImportError(`${input.name}: neither a perf nor a strace listing given`);
  const all = await gatherAll(input, primary, perf === undefined ? undefined : strace);
  const { roles, dropped, totals } = assemble(all);
  const surveys = [perf, strace].filter((s) => s !== undefined);
  const provenance: Provenance = {
    perf: input.perf === undefined ? null : basename(input.perf.path),
    strace: input.strace === undefined ? null : basename(input.strace.path),
    primary: primary.capture.tool,
    requests: all.requests,
    calls: primary.calls,
    untraced: input.untraced?.source ?? (input.userSeconds === undefined ? null : `${input.userSeconds} s in all`),
    counted: input.counted?.source ?? null,
    problems: problemsOf(surveys),
  };
  const fidelity = measureFidelity(roles, all.requests, input.counted);
  const model: RecordedModel = { format: 2, name: input.name, provenance, totals, roles, dropped, fidelity };
  return { model, report: makeReport(model, all.stats, surveys.flatMap(unusedLinesOf), primary.requests > 0) };
}
