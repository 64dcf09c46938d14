import { errnoOf } from './errno.ts';
import { endOfLiteral, isDigit, literalNumber, splitArguments, toNumber, wholeNumber } from './straceargs.ts';

/** A line up to its call: who, when, and where the rest begins. */
export interface LineHead {
  /** 0 when the listing has no thread ids. */
  readonly tid: number;
  /** Whole seconds and nanoseconds; NaN without a time stamp. */
  readonly seconds: number;
  readonly nanos: number;
  readonly at: number;
}

/** A call from its name to its end. */
export interface CallText {
  readonly name: string;
  readonly args: readonly number[];
  /** What `-y` printed behind the first argument. */
  readonly hint: string;
  /** As the kernel returned it; 0 for `?`. */
  readonly result: number;
  /** Seconds in the call, of `-T`; NaN without. */
  readonly duration: number;
}

const SPACE = 32;
const OPEN = 40;
const MINUS = 45;
const DOT = 46;
const COLON = 58;
const LESS = 60;
const GREATER = 62;
const EQUALS = 61;
const QUESTION = 63;
const BRACKET = 91;
const LETTER_E = 69;
const NANOS_DIGITS = 9;
/** Powers of ten, for digits behind a point. */
const TENS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/** Reads `[pid N]` or `N`, then seconds (`-ttt`) or a clock (`-t`, `-tt`), each of which may be missing. */
export function readHead(text: string): LineHead {
  let at = skipSpaces(text, 0);
  let tid = 0;
  if (text.charCodeAt(at) === BRACKET && text.startsWith('[pid', at)) {
    tid = Number.parseInt(text.slice(at + 4), 10);
    at = skipSpaces(text, text.indexOf(']', at) + 1);
  } else {
    const end = skipDigits(text, at);
    if (end > at && text.charCodeAt(end) === SPACE) {
      tid = wholeNumber(text, at, end);
      at = skipSpaces(text, end);
    }
  }
  return readTime(text, at, tid);
}

function readTime(text: string, at: number, tid: number): LineHead {
  const end = skipDigits(text, at);
  const code = text.charCodeAt(end);
  if (end === at || (code !== DOT && code !== COLON)) return { tid, seconds: NaN, nanos: 0, at };
  const whole = code === COLON ? at + 'hh:mm:ss'.length : end;
  const seconds = code === COLON ? clockSeconds(text, at) : wholeNumber(text, at, end);
  if (text.charCodeAt(whole) !== DOT) return { tid, seconds, nanos: 0, at: skipSpaces(text, whole) };
  const last = Math.min(skipDigits(text, whole + 1), whole + 1 + NANOS_DIGITS);
  const nanos = wholeNumber(text, whole + 1, last) * TENS[NANOS_DIGITS - (last - whole - 1)];
  return { tid, seconds, nanos, at: skipSpaces(text, last) };
}

function clockSeconds(text: string, at: number): number {
  const [hours, minutes, seconds] = [0, 3, 6].map((part) => wholeNumber(text, at + part, at + part + 2));
  return (hours * 60 + minutes) * 60 + seconds;
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === SPACE) at++;
  return at;
}

function skipDigits(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at++;
  return at;
}

const names = new Map<string, string>();
/** Names remembered; Linux has some 400. */
const MOST_NAMES = 1024;

/** Name of the call that begins at a position, the same string object for the same name; empty when there is none. */
export function nameAt(text: string, at: number): string {
  let end = at;
  while (isNameCode(text.charCodeAt(end))) end++;
  const name = text.slice(at, end);
  const known = names.get(name);
  if (known !== undefined) return known;
  if (names.size < MOST_NAMES) names.set(name, name);
  return name;
}

/** Letters, digits, `_`, and the `?` of a call that strace could not name. */
function isNameCode(code: number): boolean {
  return (code >= 97 && code <= 122) || isDigit(code) || code === 95 || code === QUESTION || (code >= 65 && code <= 90);
}

/** A whole call that begins at a position; undefined for text that is none. Without `hasArguments` they are left out: their begin is unknown. */
export function readCall(text: string, at: number, hasArguments: boolean): CallText | undefined {
  const name = nameAt(text, at);
  const open = at + name.length;
  if (name === '' || text.charCodeAt(open) !== OPEN) return undefined;
  const { parts, end } = splitArguments(text, open + 1);
  const result = end < 0 ? undefined : resultAfter(text, end + 1);
  if (result === undefined) return undefined;
  const args = hasArguments ? (ARGUMENTS[name]?.(parts) ?? parts.map(toNumber)) : [];
  return { name, args, hint: parts.length === 0 ? '' : hintOf(parts[0]), result, duration: durationOf(text) };
}

/** Calls whose arguments strace prints in another order than the registers have them. */
const ARGUMENTS: Readonly<Record<string, (parts: readonly string[]) => readonly number[]>> = {
  clone: cloneFlags,
  clone3: cloneFlags,
};

/** `flags=CLONE_VM|CLONE_FILES|...`, among other named arguments or in a structure; that is what the first register of clone holds. */
function cloneFlags(parts: readonly string[]): readonly number[] {
  const flags = /\bflags=([\w|]+)/.exec(parts.join(' '));
  return flags === null ? [] : [toNumber(flags[1])];
}

/** The result that stands behind the closing bracket of the arguments: blanks, `= `, value; undefined when there is none. */
export function resultAfter(text: string, from: number): number | undefined {
  const equals = skipSpaces(text, from);
  if (equals === from || text.charCodeAt(equals) !== EQUALS || text.charCodeAt(equals + 1) !== SPACE) return undefined;
  return readResult(text, equals + 2);
}

/** The value behind `= `, as the kernel returned it: `-1 EAGAIN (...)` is -11, `? ERESTARTSYS` -512, `?` and nothing more 0. */
function readResult(text: string, from: number): number | undefined {
  const isNegative = text.charCodeAt(from) === MINUS;
  const at = isNegative ? from + 1 : from;
  const isUnknown = text.charCodeAt(from) === QUESTION;
  const end = isUnknown ? from + 1 : endOfLiteral(text, at);
  if (end === at) return undefined;
  if (text.charCodeAt(end) === SPACE && text.charCodeAt(end + 1) === LETTER_E) {
    const error = nameAt(text, end + 1);
    return -(errnoOf(error) ?? 1);
  }
  const value = isUnknown ? 0 : literalNumber(text, at, end);
  return isNegative ? -value : value;
}

/** What `-y` printed behind a descriptor: `12<socket:[4711]>` gives `socket:[4711]`. */
export function hintOf(argument: string): string {
  const open = argument.indexOf('<');
  return open > 0 && argument.endsWith('>') && isDigit(argument.charCodeAt(open - 1))
    ? argument.slice(open + 1, -1)
    : '';
}

/** Seconds of `<0.000012>` at the end of a line; NaN when there are none. */
function durationOf(text: string): number {
  const last = text.length - 1;
  if (text.charCodeAt(last) !== GREATER) return NaN;
  let point = last - 1;
  while (isDigit(text.charCodeAt(point))) point--;
  let open = point - 1;
  while (isDigit(text.charCodeAt(open))) open--;
  if (text.charCodeAt(point) !== DOT || text.charCodeAt(open) !== LESS) return NaN;
  // Both parts are exact in a double, and so is the power of ten: the quotient is the number nearest to what is written.
  const unit = TENS[last - point - 1];
  return (wholeNumber(text, open + 1, point) * unit + wholeNumber(text, point + 1, last)) / unit;
}
