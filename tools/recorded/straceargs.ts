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
const OPENING = '([{';
const CLOSING = ')]}';
/** Stands for "points to something". */
const POINTER = 1;

/** Splits an argument list at its outer commas; quotes and brackets protect theirs. */
export function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at);
    else if (OPENING.includes(char)) depth++;
    else if (CLOSING.includes(char)) depth--;
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  const last = text.slice(start).trim();
  if (last !== '') parts.push(last);
  return parts;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** Number in the register: literals, known constants joined by `|`, and a non-zero stand-in for pointers. */
export function toNumber(argument: string): number {
  const literal = /^-?(?:0x[0-9a-f]+|\d+)/.exec(argument);
  if (literal !== null) return Number(literal[0]);
  if (/^["[{]/.test(argument)) return POINTER;
  let bits = 0;
  for (const name of argument.split('|')) bits |= SYMBOLS[name.replace(PRIVATE, '')] ?? (Number(name) || 0);
  return bits;
}
