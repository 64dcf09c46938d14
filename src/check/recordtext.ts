import { ProgramError } from './operands.ts';
import type { Value } from './operands.ts';

/** Splits at a separator that stands outside of braces and brackets. */
export function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const sign of text) {
    if (sign === '{' || sign === '[') depth++;
    if (sign === '}' || sign === ']') depth--;
    if (sign === separator && depth === 0) {
      parts.push(part);
      part = '';
    } else part += sign;
  }
  return [...parts, part];
}

/** Parts inside of brackets, separated by commas or blanks. */
function inner(text: string): string[] {
  return splitOutside(text.slice(1, -1).replaceAll(',', ' '), ' ').filter((part) => part !== '');
}

/** Reads `{v=A o=M m=0}` (also `v:A, o:M`), `[K, B]`, a number or a name. Throws ProgramError on unbalanced brackets and missing keys. */
export function readRecordText(text: string): Value {
  if (/^\[.*\]$/su.test(text)) return inner(text).map(readRecordText);
  if (/^\{.*\}$/su.test(text)) return Object.fromEntries(inner(text).map(readPair));
  if (/[[\]{}]/u.test(text)) throw new ProgramError(`${text} has unbalanced brackets`);
  return /^-?\d+$/u.test(text) ? Number(text) : text;
}

/** Reads `key=value` or `key:value`. */
function readPair(text: string): [string, Value] {
  const at = text.search(/[=:]/u);
  if (at < 1) throw new ProgramError(`${text} is no key=value`);
  return [text.slice(0, at), readRecordText(text.slice(at + 1))];
}
