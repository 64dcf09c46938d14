import { constants } from 'node:os';
import type { Call, Capture } from './call.ts';
import { type Problems, readLines } from './lines.ts';
import { splitArguments, toNumber } from './straceargs.ts';

/** `[pid N]` or `N`, then seconds (`-ttt`) or a clock (`-tt`), then the call. */
const LINE = /^(?:\[pid\s+(\d+)\]\s+|(\d+)\s+)?(?:(\d+)\.(\d{1,9})\s+|(\d\d):(\d\d):(\d\d)\.(\d{1,9})\s+)?(\S.*)$/s;
const WHOLE = /^(\w+)\((.*)\)\s+= (-?0x[0-9a-f]+|-?\d+|\?)(.*)$/s;
const UNFINISHED = /^(\w+)\((.*)<(?:unfinished|detached) \.\.\.>$/s;
const RESUMED = /^<\.\.\. (\w+) resumed>(.*)$/s;
const DURATION = /<(\d+\.\d+)>$/;
const ERROR_NAME = /^ (E[A-Z0-9]+)/;
const SECOND = 1e9;

interface Pending {
  readonly name: string;
  readonly text: string;
  readonly enter: number;
}

/** Turns the lines of one strace listing into calls, joining unfinished and resumed halves. */
class StraceReader {
  readonly #pending = new Map<number, Pending>();
  readonly #lastExit = new Map<number, number>();
  #base = NaN;
  #line = 0;
  readonly #problems: Problems;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  /** Takes one line; returns the call it completes, if any. */
  read(text: string): Call | undefined {
    this.#line++;
    if (text === '') return undefined;
    const match = LINE.exec(text);
    if (match === null) return this.#bad('line not in strace form');
    const tid = Number(match[1] ?? match[2] ?? 0);
    return this.#body(tid, this.#time(match), match[9]);
  }

  #time(match: RegExpExecArray): number {
    const clock = match[5] !== undefined;
    const seconds = clock ? Number(match[5]) * 3600 + Number(match[6]) * 60 + Number(match[7]) : Number(match[3]);
    const fraction = (match[4] ?? match[8] ?? '').padEnd(9, '0');
    if (Number.isNaN(this.#base)) this.#base = seconds;
    return (seconds - this.#base) * SECOND + Number(fraction);
  }

  #body(tid: number, time: number, text: string): Call | undefined {
    if (text.startsWith('+++') || text.startsWith('---')) return undefined;
    const unfinished = UNFINISHED.exec(text);
    if (unfinished !== null) {
      this.#pending.set(tid, { name: unfinished[1], text: `${unfinished[1]}(${unfinished[2]}`, enter: time });
      return undefined;
    }
    const resumed = RESUMED.exec(text);
    if (resumed === null) return this.#whole(tid, time, text);
    const begun = this.#pending.get(tid);
    this.#pending.delete(tid);
    const known = begun !== undefined && begun.name === resumed[1];
    if (known) return this.#whole(tid, begun.enter, begun.text + resumed[2]);
    return this.#whole(tid, time, `${resumed[1]}(${resumed[2]}`, true);
  }

  #whole(tid: number, enter: number, text: string, partial = false): Call | undefined {
    const match = WHOLE.exec(text);
    if (match === null) return this.#bad('line not in strace form');
    const parts = partial ? [] : splitArguments(match[2]);
    const duration = DURATION.exec(match[4]);
    const exit = duration === null ? enter : enter + Number(duration[1]) * SECOND;
    const gap = enter - (this.#lastExit.get(tid) ?? NaN);
    this.#lastExit.set(tid, exit);
    return {
      tid,
      name: match[1],
      args: parts.map(toNumber),
      result: resultOf(match[3], match[4]),
      enter,
      exit,
      gap,
      slept: false,
      preempted: false,
      woken: [],
      hint: parts[0] === undefined ? '' : hintOf(parts[0]),
    };
  }

  #bad(kind: string): undefined {
    this.#problems.note(kind, this.#line);
    return undefined;
  }
}

/** What `-y` printed behind a descriptor: `12<socket:[4711]>` gives `socket:[4711]`. */
function hintOf(argument: string): string {
  return /^\d+<(.*)>$/s.exec(argument)?.[1] ?? '';
}

/** The value, as the kernel returned it: `-1 EAGAIN` is -11. */
function resultOf(value: string, rest: string): number {
  const error = ERROR_NAME.exec(rest);
  if (error === null) return value === '?' ? 0 : Number(value);
  const errno = (constants.errno as Readonly<Record<string, number>>)[error[1]];
  return errno === undefined ? -1 : -errno;
}

/** Whether a line is one of strace. */
export function looksLikeStrace(line: string): boolean {
  const body = LINE.exec(line)?.[9];
  return body !== undefined && (WHOLE.test(body) || UNFINISHED.test(body) || RESUMED.test(body));
}

/** A listing of `strace -f -ttt -T`, plain or gzip. Its times contain the cost of tracing. */
export class StraceCapture implements Capture {
  readonly tool = 'strace';
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async *calls(problems: Problems): AsyncGenerator<Call> {
    const reader = new StraceReader(problems);
    for await (const line of readLines(this.path, problems)) {
      const call = reader.read(line);
      if (call !== undefined) yield call;
    }
  }
}
