import { nearest } from '../sim/nearest.ts';

/** A sentence refusing a word: what it is, what is allowed, and the nearest allowed name. */
export function refuse(what: string, word: unknown, allowed: readonly string[]): string {
  const shown = typeof word === 'string' && word !== '' ? word : JSON.stringify(word);
  const near = nearest(shown, allowed);
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return `unknown ${what} ${shown}${hint} (allowed: ${allowed.join(', ')})`;
}
