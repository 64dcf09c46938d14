import type { Scalar } from '../archive/rows.ts';
import { ExpressionError } from './expressionerror.ts';

/** A word of an expression; `position` counts characters from 0. */
export type Token =
  | { readonly kind: 'value'; readonly text: string; readonly value: Scalar; readonly position: number }
  | { readonly kind: 'name' | 'symbol' | 'end'; readonly text: string; readonly position: number };

const WORDS =
  /\s*(?:(\d+(?:\.\d+)?(?:e[+-]?\d+)?)|'([^']*)'|"([^"]*)"|([A-Za-z_][\w.]*)|(\|\||&&|[=!<>]=|[<>!()+\-*/%]))/y;
const CONSTANTS: Readonly<Record<string, boolean>> = { true: true, false: false };

/** The words of `text`, closed by an `end`; throws `ExpressionError` at a character that starts none. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const words = new RegExp(WORDS);
  while (words.lastIndex < text.trimEnd().length) {
    const from = words.lastIndex;
    const match = words.exec(text);
    if (match === null) {
      const position = from + (text.slice(from).length - text.slice(from).trimStart().length);
      throw new ExpressionError(`cannot read ${JSON.stringify(text.slice(position, position + 12))}`, position);
    }
    tokens.push(toToken(match));
  }
  return [...tokens, { kind: 'end', text: '', position: text.length }];
}

function toToken(match: RegExpExecArray): Token {
  const [whole, number, single, double, name, symbol] = match;
  const text = whole.trimStart();
  const position = match.index + whole.length - text.length;
  if (number !== undefined) return { kind: 'value', text, value: Number(number), position };
  if (name !== undefined && Object.hasOwn(CONSTANTS, name))
    return { kind: 'value', text, value: CONSTANTS[name], position };
  if (name !== undefined) return { kind: 'name', text, position };
  if (symbol !== undefined) return { kind: 'symbol', text, position };
  return { kind: 'value', text, value: single ?? double ?? '', position };
}
