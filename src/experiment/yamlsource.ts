import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { Problem } from '../sim/errors.ts';

/** Path into a study: keys of maps and indexes of lists. */
export type Path = readonly (string | number)[];

/** Where something stands: in a file from line and column 1, or in an option of the command line. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** A place with the number of steps of the asked path that exist there. */
export interface Located {
  readonly place: Place;
  readonly depth: number;
}

/** One parsed file (or option of the command line) that contributes values to a study. */
export interface Source {
  readonly file: string;
  readonly value: unknown;
  /** Syntax mistakes and keys given twice. */
  readonly problems: readonly Problem[];
  /** Line before the first true syntax error, from which on the value is a guess; Infinity without one. */
  readonly soundUntilLine: number;
  /** Place of the value at `path`, or of its nearest existing ancestor; with `key`, of that key of the map there, one step deeper. */
  locate(path: Path, key?: string): Located;
  /** Like `locate`, moved `offset` characters into the text of a scalar; the place of the scalar if it has escapes or line breaks. */
  locateInText(path: Path, text: string, offset: number): Located;
}

/** Reads YAML or JSON text; never throws. Bytes that are no text are one mistake, not one at every odd character. */
export function parseSource(text: string, file: string): Source {
  if (text.includes('\0')) return binarySource(file);
  const counter = new LineCounter();
  const doc = parseDocument(text, { lineCounter: counter, prettyErrors: true, uniqueKeys: true });
  const placeAt = (offset: number): Place => ({ file, ...position(counter, offset) });
  const at = (offset: number, depth: number): Located => ({ place: placeAt(offset), depth });
  const { value, refusal } = plainValue(doc);
  const problems = doc.errors.map((error) => ({
    ...placeAt(error.pos[0]),
    path: '(syntax)',
    message: error.message.split('\n')[0].replace(/ at line \d+, column \d+:?$/, ''),
  }));
  if (refusal !== undefined)
    problems.push({ ...placeAt(aliasOffset(text, refusal)), path: '(syntax)', message: refusal });
  const fatal = doc.errors
    .filter((error) => error.code !== 'DUPLICATE_KEY')
    .map((error) => counter.linePos(error.pos[0]).line - 1);
  return {
    file,
    value,
    problems,
    soundUntilLine: refusal === undefined ? Math.min(Number.POSITIVE_INFINITY, ...fatal) : 0,
    locate: (path, key) => {
      const { node, depth } = descend(doc, path);
      const keyAt = key === undefined || depth < path.length ? undefined : keyOffset(node, key);
      return keyAt === undefined ? at(node?.range?.[0] ?? 0, depth) : at(keyAt, depth + 1);
    },
    locateInText: (path, scalar, offset) => {
      const { node, depth } = descend(doc, path);
      const start = node?.range?.[0] ?? 0;
      const inner = text.indexOf(scalar, start);
      return at(inner === start || inner === start + 1 ? inner + offset : start, depth);
    },
  };
}

function binarySource(file: string): Source {
  const located: Located = { place: { file, line: 1, column: 1 }, depth: 0 };
  return {
    file,
    value: undefined,
    problems: [{ ...located.place, path: '(syntax)', message: 'a binary file, neither YAML nor JSON' }],
    soundUntilLine: 0,
    locate: () => located,
    locateInText: () => located,
  };
}

/** The value of a document; an alias without its anchor, or too many of them, is found out here alone. */
function plainValue(doc: Document): { readonly value: unknown; readonly refusal?: string } {
  try {
    return { value: doc.toJS({ maxAliasCount: 50 }) };
  } catch (error) {
    return { value: undefined, refusal: error instanceof Error ? error.message : String(error) };
  }
}

/** Where the alias stands that a message names at its end; the beginning when it names none. */
function aliasOffset(text: string, message: string): number {
  const name = /: (\S+)$/.exec(message)?.[1];
  return name === undefined ? 0 : Math.max(0, text.indexOf(`*${name}`));
}

function position(counter: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = counter.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function descend(doc: Document, path: Path): { node: Node | null; depth: number } {
  let node: Node | null = doc.contents;
  for (let depth = 0; depth < path.length; depth++) {
    const step = path[depth];
    const next = isMap(node) || isSeq(node) ? (node.get(step, true) as Node | undefined) : undefined;
    if (next === undefined || next === null || next.range === undefined) return { node, depth };
    node = next;
  }
  return { node, depth: path.length };
}

function keyOffset(node: Node | null, key: string): number | undefined {
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === key);
  return pair !== undefined && isScalar(pair.key) ? pair.key.range?.[0] : undefined;
}
