import type { CallSite, Distribution, RecordedModel, Role, Transition } from '../../workloads/recorded/model.ts';
import { measureFidelity } from './fidelity.ts';
import type { Imported } from './importer.ts';
import { ImportError, Problems } from './problems.ts';
import { makeReport } from './report.ts';

/** One row of `strace -c`: a system call with its calls, the failed ones among them, and seconds in all. */
export interface SummaryRow {
  readonly call: string;
  readonly calls: number;
  readonly errors: number;
  readonly seconds: number;
}

/** What is known beside a summary. */
export interface SummaryFacts {
  readonly name: string;
  readonly path: string;
  readonly requests?: number | undefined;
  readonly userSeconds?: number | undefined;
}

const HEADER = /^\s*% time\s+seconds\s+usecs\/call\s+calls\s+errors\s+syscall/;
const ROW = /^\s*[\d.]+\s+(\d+\.\d+)\s+\d+\s+(\d+)\s+(?:(\d+)\s+)?(\w+)\s*$/;
const TOTAL = /^\s*[\d.]+\s+\d+\.\d+\s+(?:\d+\s+)?\d+\s+(?:\d+\s+)?total\s*$/;
const RULE = /^[-\s]*$/;
const SECOND = 1e9;

/** Whether a line is the head of a summary of `strace -c`. */
export function looksLikeSummary(line: string): boolean {
  return HEADER.test(line);
}

/** The rows of one or more tables of `strace -c`, added up by call; other lines are noted. */
export class SummaryReader {
  readonly rows = new Map<string, SummaryRow>();
  readonly #problems: Problems;
  #line = 0;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  /** Takes one line. */
  read(text: string): void {
    this.#line++;
    if (HEADER.test(text) || RULE.test(text) || TOTAL.test(text)) return;
    const match = ROW.exec(text);
    if (match === null) {
      this.#problems.note('line not in the form of strace -c', this.#line);
      return;
    }
    const [, seconds, calls, errors = '0', call] = match;
    const known = this.rows.get(call) ?? { call, calls: 0, errors: 0, seconds: 0 };
    this.rows.set(call, {
      call,
      calls: known.calls + Number(calls),
      errors: known.errors + Number(errors),
      seconds: known.seconds + Number(seconds),
    });
  }
}

/**
 * Model of a summary: how often each call is made and how long it takes. The order of calls is not in a summary: each follows any other as
 * often as chance has it; nor are sizes, threads and times between calls, which share the user time evenly.
 */
export function modelOfSummary(rows: readonly SummaryRow[], problems: Problems, facts: SummaryFacts): Imported {
  const { name, path, requests = 1, userSeconds } = facts;
  const calls = rows.reduce((sum, row) => sum + row.calls, 0);
  if (calls === 0) throw new ImportError(`${path}: no system call in it (is it a summary of strace -c?)`);
  const userNs = userSeconds === undefined ? null : (userSeconds * SECOND) / requests;
  const role = roleOf(rows, { calls, requests, userNs: userNs ?? 0 });
  const file = path.slice(path.lastIndexOf('/') + 1);
  const found = [...problems.found].map(([kind, p]) => [file, kind, p.count, p.firstLine] as const);
  const model: RecordedModel = {
    format: 2,
    name,
    provenance: {
      perf: null,
      strace: file,
      primary: 'strace',
      requests,
      calls,
      untraced: userSeconds === undefined ? null : `${userSeconds} s in all`,
      counted: null,
      problems: found,
    },
    totals: {
      calls: role.callsPerRequest,
      requestBytes: 0,
      replyBytes: 0,
      tracedUserNs: null,
      tracedSystemNs: (rows.reduce((sum, { seconds }) => sum + seconds, 0) * SECOND) / requests,
      userNs,
      systemNs: null,
      userScale: null,
      tracerGapNs: null,
      gapStretch: null,
    },
    roles: [role],
    dropped: [],
    fidelity: measureFidelity([role], requests, undefined),
  };
  const lines = [...problems.found].map(([kind, { count, lines }]) => ({ file, kind, count, lines }));
  return { model, report: makeReport(model, new Map(), lines, false) };
}

interface Share {
  readonly calls: number;
  readonly requests: number;
  readonly userNs: number;
}

function roleOf(rows: readonly SummaryRow[], { calls, requests, userNs }: Share): Role {
  const each = rows.flatMap(({ call, calls, errors, seconds }) => {
    const kernelNs = (seconds * SECOND) / calls;
    const parts = [
      { id: call, call, n: calls - errors, kernelNs },
      { id: `${call}:error`, call, n: errors, kernelNs },
    ];
    return parts.filter(({ n }) => n > 0);
  });
  const ordered = each.toSorted((a, b) => b.n - a.n || (a.id < b.id ? -1 : 1));
  const transitions = ordered.flatMap((from, i) => ordered.map((to, k): Transition => [i, k, (from.n * to.n) / calls]));
  return {
    name: 'all-threads',
    threads: 1,
    comms: [],
    callsPerRequest: calls / requests,
    head: ordered[0].id,
    sites: ordered.map((part) => siteOf(part, requests, userNs / (calls / requests))),
    transitions,
    paths: [{ share: 1, steps: ordered.map(({ id }) => id) }],
    rarePerRequest: 0,
  };
}

interface Part {
  readonly id: string;
  readonly call: string;
  readonly n: number;
  readonly kernelNs: number;
}

function siteOf({ id, call, n, kernelNs }: Part, requests: number, userNs: number): CallSite {
  const constant = (value: number): Distribution => ({ n, mean: value, q: [value] });
  return {
    id,
    call,
    fd: null,
    perRequest: n / requests,
    perRequestStrace: null,
    loadDependent: null,
    request: null,
    result: constant(0),
    kernelNs: constant(kernelNs),
    blockedShare: 0,
    blockedNs: null,
    gapNs: null,
    userNs,
    wakes: {},
  };
}
