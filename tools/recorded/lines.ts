import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/** Lines longer than this (characters) are cut; no capture line needs more. */
const LONGEST_LINE = 65536;

/** What went wrong while reading, by kind: how often, and in which line (from 1) first. */
export class Problems {
  readonly found = new Map<string, { count: number; firstLine: number }>();

  note(kind: string, line: number): void {
    const known = this.found.get(kind);
    if (known === undefined) this.found.set(kind, { count: 1, firstLine: line });
    else known.count++;
  }
}

/**
 * Lines of a plain or gzip-compressed text file, in order, with bounded memory.
 * A damaged or cut compressed file ends early and is noted as a problem; a missing file throws.
 */
export async function* readLines(path: string, problems: Problems): AsyncGenerator<string> {
  const file = createReadStream(path);
  const gunzip = path.endsWith('.gz') ? createGunzip() : undefined;
  if (gunzip !== undefined) file.on('error', (error) => gunzip.destroy(error));
  const text = gunzip === undefined ? file : file.pipe(gunzip);
  text.setEncoding('utf8');
  let rest = '';
  let count = 0;
  try {
    for await (const chunk of text as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = (lines.pop() as string).slice(0, LONGEST_LINE);
      count += lines.length;
      for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code?.startsWith('Z') !== true) throw error;
    problems.note('compressed file damaged or cut', count + 1);
  }
  if (rest !== '') yield rest;
}
