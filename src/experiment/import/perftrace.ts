import type { Call } from './call.ts';
import type { LineReader } from './linereader.ts';
import type { Problems } from './problems.ts';
import { isDigit, splitArguments, toNumber } from './straceargs.ts';
import { hintOf, nameAt, readCall, resultAfter } from './straceline.ts';

/** `   0.106 ( 0.031 ms): comm/TID name(arg: value, ...) = result`, as `perf trace` prints it: time of entry and time in the call [ms]. */
const LINE = /^\s*(\?|\d+\.\d+) \(\s*(?:(\d+\.\d+) ms)?\s*\): (?:(\S.{0,31}?)\/(\d+) )?\s*(.*)$/;
const CONTINUED = /^\.\.\. \[continued\]: (\w+)\(\)\)/;
const BEGUN = /^(\w+)\((.*)\)?\s+\.\.\.$/;
const MILLISECOND = 1e6;

/** Registers of calls by the names that the kernel gives their arguments; `perf trace` leaves out those that are 0. */
const REGISTERS: Readonly<Record<string, readonly string[]>> = {
  read: ['fd', 'buf', 'count'],
  write: ['fd', 'buf', 'count'],
  pread64: ['fd', 'buf', 'count', 'pos'],
  pwrite64: ['fd', 'buf', 'count', 'pos'],
  recvfrom: ['fd', 'ubuf', 'size', 'flags', 'addr', 'addr_len'],
  sendto: ['fd', 'buff', 'len', 'flags', 'addr', 'addr_len'],
  sendfile: ['out_fd', 'in_fd', 'offset', 'count'],
  futex: ['uaddr', 'op', 'val', 'utime', 'uaddr2', 'val3'],
  epoll_wait: ['epfd', 'events', 'maxevents', 'timeout'],
  epoll_pwait: ['epfd', 'events', 'maxevents', 'timeout'],
  epoll_ctl: ['epfd', 'op', 'fd', 'event'],
  poll: ['ufds', 'nfds', 'timeout_msecs'],
  ppoll: ['ufds', 'nfds', 'tsp'],
  select: ['n', 'inp', 'outp', 'exp', 'tvp'],
  fcntl: ['fd', 'cmd', 'arg'],
  clone: ['clone_flags'],
};

/** What `perf trace` leaves off the names of constants. */
const PREFIXES: Readonly<Record<string, string>> = {
  futex: 'FUTEX_',
  fcntl: 'F_',
  epoll_ctl: 'EPOLL_CTL_',
  clone: 'CLONE_',
};

interface Begun {
  readonly name: string;
  readonly args: readonly number[];
  readonly hint: string;
}

/** Turns the lines of one `perf trace` listing into calls. */
export class PerfTraceReader implements LineReader {
  readonly #begun = new Map<number, Begun>();
  readonly #lastExit = new Map<number, number>();
  #line = 0;
  readonly #problems: Problems;
  readonly #comms: Map<number, string>;

  constructor(problems: Problems, comms: Map<number, string>) {
    this.#problems = problems;
    this.#comms = comms;
  }

  /** Takes one line; returns the call it completes, if any. */
  read(text: string): Call | undefined {
    this.#line++;
    if (text.trim() === '' || text.startsWith('#')) return undefined;
    const match = LINE.exec(text);
    if (match === null) return this.#bad('line not in perf trace form');
    const [, time, duration = '0', comm, tidText = '0', body] = match;
    const tid = Number(tidText);
    if (comm !== undefined) this.#comms.set(tid, comm);
    const begun = body.endsWith(' ...') ? BEGUN.exec(body) : null;
    if (begun !== null) {
      const { parts } = splitArguments(begun[2]);
      this.#begun.set(tid, { name: begun[1], args: registersOf(begun[1], parts), hint: hintIn(parts) });
      return undefined;
    }
    const enter = time === '?' ? NaN : Number(time) * MILLISECOND;
    return this.#ended(tid, body, enter, Number(duration) * MILLISECOND);
  }

  #ended(tid: number, body: string, enter: number, duration: number): Call | undefined {
    const isContinued = body.startsWith('... [continued]: ');
    const text = withNumber(isContinued ? body.replace(CONTINUED, '$1()') : body);
    const name = nameAt(text, 0);
    const { parts, end } = splitArguments(text, name.length + 1);
    const hasCall = name !== '' && text.charAt(name.length) === '(' && end > 0;
    const result = !hasCall ? undefined : resultAfter(text, end + 1);
    if (result === undefined) return this.#bad('line not in perf trace form');
    const begun = this.#begun.get(tid);
    this.#begun.delete(tid);
    const isKnown = isContinued && begun?.name === name;
    const partial = isContinued && !isKnown;
    const args = isKnown ? begun.args : partial ? [] : registersOf(name, parts);
    // A call that was entered before the listing began ends where it says nothing of its time.
    const start = Number.isNaN(enter) ? (this.#lastExit.get(tid) ?? 0) : enter;
    const gap = Math.max(0, enter - (this.#lastExit.get(tid) ?? NaN));
    this.#lastExit.set(tid, start + duration);
    const exit = start + duration;
    return {
      tid,
      name,
      args,
      partial,
      result,
      enter: start,
      exit,
      gap,
      slept: isContinued,
      preempted: false,
      woken: [],
      hint: isKnown ? begun.hint : hintIn(parts),
    };
  }

  #bad(kind: string): undefined {
    this.#problems.note(kind, this.#line);
    return undefined;
  }
}

/** What is printed behind the first argument, if that is a descriptor. */
function hintIn(parts: readonly string[]): string {
  const first = parts[0] ?? '';
  return first.endsWith('>') ? hintOf(first.slice(first.indexOf(': ') + 2)) : '';
}

/** A result that is left out (a process id whose name is unknown) as 0, one in flags (`= RDONLY|NONBLOCK`) as their number. */
function withNumber(text: string): string {
  // Most results end in a digit or in the bracket of an error's text, and are left as they are.
  if (isDigit(text.charCodeAt(text.length - 1)) || text.endsWith(')')) return text;
  const match = /\)\s+=\s*([A-Z][A-Z_|]*)?$/.exec(text);
  if (match === null) return text;
  const flags = match[1]?.split('|').map((flag) => `O_${flag}`);
  return `${text.slice(0, match.index)}) = ${flags === undefined ? 0 : toNumber(flags.join('|'))}`;
}

/** Registers from `fd: 4</path>` and `count: 512`: by name where the call is known, in the order of the text otherwise. */
function registersOf(name: string, parts: readonly string[]): readonly number[] {
  const [registers, prefix] = [REGISTERS[name], PREFIXES[name]];
  const args: number[] = registers === undefined ? [] : registers.map(() => 0);
  for (const part of parts) {
    const colon = part.indexOf(': ');
    const value = colon < 0 ? part : part.slice(colon + 2);
    if (registers === undefined) args.push(toNumber(value));
    else {
      const place = registers.findIndex((label) => label.length === colon && part.startsWith(label));
      if (place >= 0) args[place] = toNumber(prefix === undefined ? value : prefixed(prefix, value));
    }
  }
  return args;
}

/** `WAIT|PRIVATE_FLAG` of futex as strace has it: `FUTEX_WAIT|FUTEX_PRIVATE_FLAG`. */
function prefixed(prefix: string, value: string): string {
  if (!/^[A-Z]/.test(value)) return value;
  const flags = value.split('|');
  return flags.map((flag) => (flag.startsWith(prefix) ? flag : prefix + flag)).join('|');
}

/** Whether a line is one of `perf trace`. */
export function looksLikePerfTrace(line: string): boolean {
  const body = LINE.exec(line)?.[5];
  return (
    body !== undefined &&
    (BEGUN.test(body) || CONTINUED.test(body) || readCall(withNumber(body), 0, false) !== undefined)
  );
}
