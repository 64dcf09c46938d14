/** Constants that decide what a call does; strace prints their names. Others count as 0. */
const SYMBOLS: Readonly<Record<string, number>> = {
  NULL: 0,
  AT_FDCWD: -100,
  F_DUPFD: 0,
  F_GETFD: 1,
  F_SETFD: 2,
  F_GETFL: 3,
  F_SETFL: 4,
  F_GETLK: 5,
  F_SETLK: 6,
  F_SETLKW: 7,
  O_NONBLOCK: 0x800,
  CLONE_FILES: 0x400,
  CLONE_THREAD: 0x10000,
  EPOLL_CTL_ADD: 1,
  EPOLL_CTL_DEL: 2,
  EPOLL_CTL_MOD: 3,
  FUTEX_WAIT: 0,
  FUTEX_WAKE: 1,
  FUTEX_REQUEUE: 3,
  FUTEX_CMP_REQUEUE: 4,
  FUTEX_WAKE_OP: 5,
  FUTEX_LOCK_PI: 6,
  FUTEX_UNLOCK_PI: 7,
  FUTEX_TRYLOCK_PI: 8,
  FUTEX_WAIT_BITSET: 9,
  FUTEX_WAKE_BITSET: 10,
};
const PRIVATE = /_PRIVATE$/;
/** Stands for "points to something". */
const POINTER = 1;
/** Texts of symbols remembered; flags of real programs are a few dozen. */
const MOST_SYMBOLS = 4096;

const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const BACKSLASH = 92;
const LESS = 60;

/** Where an argument list ends, and what stands in it. */
export interface ArgumentList {
  readonly parts: readonly string[];
  /** Position of the closing bracket; -1 when the text ends before it. */
  readonly end: number;
}

/** Arguments of a call at most; the registers hold six. */
const MOST_ARGUMENTS = 6;

/**
 * Splits the argument list that begins at `start`, behind its bracket, at its outer commas. Strings with their escapes, nested brackets and
 * annotations of descriptors (`3</srv/a, b>`, `4<TCP:[1.2.3.4:5->6.7.8.9:10]>`) protect what is in them.
 */
export function splitArguments(text: string, start = 0): ArgumentList {
  const parts: string[] = [];
  let depth = 0;
  let begin = start;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // Letters, digits, blanks and most signs decide nothing: one comparison leaves most of them out.
    if (code > COMMA && code < LESS) continue;
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === LESS) at = endOfAnnotation(text, at);
    else if (code === 40 || code === 91 || code === 123) depth++;
    else if (code === 41 && depth === 0) return { parts: withPart(parts, text, begin, at), end: at };
    else if (code === 41 || code === 93 || code === 125) depth--;
    else if (code === COMMA && depth === 0) {
      withPart(parts, text, begin, at);
      begin = at + 1;
    }
  }
  return { parts: withPart(parts, text, begin, text.length), end: -1 };
}

function withPart(parts: string[], text: string, from: number, to: number): string[] {
  let [begin, end] = [from, to];
  while (begin < end && text.charCodeAt(begin) === SPACE) begin++;
  while (end > begin && text.charCodeAt(end - 1) === SPACE) end--;
  if (end > begin && parts.length < MOST_ARGUMENTS) parts.push(text.slice(begin, end));
  return parts;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at;
  }
  return text.length;
}

/** An annotation stands right behind a number; its end is the first `>` that is no part of an arrow. */
function endOfAnnotation(text: string, start: number): number {
  if (!isDigit(text.charCodeAt(start - 1)) || text.charCodeAt(start + 1) === LESS) return start;
  let end = text.indexOf('>', start);
  while (end > 0 && text.charCodeAt(end - 1) === MINUS) end = text.indexOf('>', end + 1);
  return end < 0 ? start : end;
}

/** Whether a code is that of a decimal digit. */
export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

const symbols = new Map<string, number>();

/** Number in the register: literals, known constants joined by `|`, and a non-zero stand-in for pointers. */
export function toNumber(argument: string): number {
  const first = argument.charCodeAt(0);
  if (isDigit(first)) return literalNumber(argument, 0, endOfLiteral(argument, 0));
  if (first === MINUS && isDigit(argument.charCodeAt(1))) return -literalNumber(argument, 1, endOfLiteral(argument, 1));
  if (first === QUOTE || first === 91 || first === 123) return POINTER;
  return symbolBits(argument);
}

function symbolBits(argument: string): number {
  const known = symbols.get(argument);
  if (known !== undefined) return known;
  const names = argument.split('|');
  const bits = names.reduce((sum, name) => sum | (SYMBOLS[name.replace(PRIVATE, '')] ?? (Number(name) || 0)), 0);
  if (symbols.size < MOST_SYMBOLS) symbols.set(argument, bits);
  return bits;
}

/** End of the number, decimal or `0x`, that begins at a position; the position itself when there is none. */
export function endOfLiteral(text: string, from: number): number {
  let at = from;
  if (isHex(text, from)) at += 2;
  while (isDigit(text.charCodeAt(at)) || (at > from + 1 && isHexLetter(text.charCodeAt(at)) && isHex(text, from))) at++;
  return at;
}

/** A number between two positions, decimal or `0x`; exact below 2^53. */
export function literalNumber(text: string, from: number, to: number): number {
  if (!isHex(text, from)) return wholeNumber(text, from, to);
  let value = 0;
  for (let at = from + 2; at < to; at++) {
    const code = text.charCodeAt(at);
    value = value * 16 + (code <= 57 ? code - 48 : (code | 32) - 87);
  }
  return value;
}

/** The decimal digits between two positions. */
export function wholeNumber(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + text.charCodeAt(at) - 48;
  return value;
}

function isHex(text: string, from: number): boolean {
  return text.charCodeAt(from) === 48 && (text.charCodeAt(from + 1) | 32) === 120;
}

function isHexLetter(code: number): boolean {
  return (code | 32) >= 97 && (code | 32) <= 102;
}
