import type { Call } from './call.ts';
import type { LineReader } from './linereader.ts';
import type { Problems } from './problems.ts';
import { nameAt, readCall, readHead, type LineHead } from './straceline.ts';

const UNFINISHED = /<(?:unfinished|detached) \.\.\.>$/;
const RESUMED = /^<\.\.\. ([\w?]+) resumed>/;
/** What strace says about itself and about threads. */
const REMARK = /^(?:strace: |Process \d+ |\[ Process )/;
const SECOND = 1e9;
/** Time between two lines of a listing without time stamps: order alone is kept [ns]. */
const UNSTAMPED = 1000;

interface Pending {
  readonly name: string;
  readonly text: string;
  readonly enter: number;
}

/**
 * Turns the lines of one strace listing into calls: of any number of threads, with or without `-f`, `-t`, `-tt`, `-ttt`, `-T`, `-y`, `-yy`;
 * joins unfinished and resumed halves. Signals, exits and remarks of strace are no calls and no problem.
 */
export class StraceReader implements LineReader {
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
    if (text === '' || text.startsWith('#')) return undefined;
    const head = readHead(text);
    const code = text.charCodeAt(head.at);
    if (code === 43 || code === 45) return this.#event(text, head);
    if (code === 60) return this.#resumed(text, head);
    if (text.endsWith(' ...>') && UNFINISHED.test(text)) return this.#begun(text, head);
    const call = this.#whole(head.tid, this.#time(head), text, head.at);
    if (call === undefined && !REMARK.test(text.slice(head.at)))
      this.#problems.note('line not in strace form', this.#line);
    return call;
  }

  #time({ seconds, nanos }: LineHead): number {
    if (Number.isNaN(seconds)) return this.#line * UNSTAMPED;
    if (Number.isNaN(this.#base)) this.#base = seconds;
    return (seconds - this.#base) * SECOND + nanos;
  }

  /** `--- SIGNAL {...} ---`, `+++ exited with 0 +++`, `+++ killed by SIGKILL +++`: a thread that is gone will not resume its call. */
  #event(text: string, { tid, at }: LineHead): undefined {
    if (text.startsWith('+++ ', at)) this.#pending.delete(tid);
    else if (!text.startsWith('--- ', at)) this.#problems.note('line not in strace form', this.#line);
    return undefined;
  }

  #begun(text: string, head: LineHead): undefined {
    const name = nameAt(text, head.at);
    if (name === '') this.#problems.note('line not in strace form', this.#line);
    else
      this.#pending.set(head.tid, { name, text: text.slice(head.at, text.lastIndexOf('<')), enter: this.#time(head) });
    return undefined;
  }

  #resumed(text: string, head: LineHead): Call | undefined {
    const match = RESUMED.exec(text.slice(head.at));
    const begun = this.#pending.get(head.tid);
    this.#pending.delete(head.tid);
    if (match === null) {
      this.#problems.note('line not in strace form', this.#line);
      return undefined;
    }
    const rest = text.slice(head.at + match[0].length);
    // A call begun before the listing: its result counts, its arguments are unknown.
    const isKnown = begun !== undefined && begun.name === match[1];
    const call = isKnown
      ? this.#whole(head.tid, begun.enter, begun.text + rest, 0)
      : this.#whole(head.tid, this.#time(head), `${match[1]}(${rest}`, 0, false);
    if (call === undefined) this.#problems.note('line not in strace form', this.#line);
    return call;
  }

  #whole(tid: number, enter: number, text: string, at: number, hasArguments = true): Call | undefined {
    const found = readCall(text, at, hasArguments);
    if (found === undefined) return undefined;
    const { name, args, result, hint, duration } = found;
    const exit = Number.isNaN(duration) ? enter : enter + duration * SECOND;
    const gap = Math.max(0, enter - (this.#lastExit.get(tid) ?? NaN));
    // Without the time in the call its end is unknown, and with it the user time that follows.
    this.#lastExit.set(tid, Number.isNaN(duration) ? NaN : exit);
    return {
      tid,
      name,
      args,
      partial: !hasArguments,
      result,
      enter,
      exit,
      gap,
      slept: false,
      preempted: false,
      woken: NOBODY,
      hint,
    };
  }
}

const NOBODY: Call['woken'] = [];

/** Whether a line is one of strace. */
export function looksLikeStrace(line: string): boolean {
  const { at } = readHead(line);
  return readCall(line, at, true) !== undefined || UNFINISHED.test(line) || RESUMED.test(line.slice(at));
}
