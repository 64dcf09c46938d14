import { isAscii } from 'node:buffer';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { CUT, ImportError, type Problems } from '../../import/problems.ts';

/** Lines longer than this (bytes) are cut; no capture line needs more. */
const LONGEST_LINE = 65536;
const CHUNK_BYTES = 1 << 18;
const NEWLINE = 10;
const RETURN = 13;

/** An `ImportError` unless there is a file, or something else that can be read like one. */
export function requireFile(path: string): void {
  if (!existsSync(path)) throw new ImportError(`${path}: no such file`);
  if (statSync(path).isDirectory()) throw new ImportError(`${path}: a folder, not a file`);
}

/**
 * Lines of a plain or gzip-compressed text file, in order, many at a time, with bounded memory.
 * A damaged or cut compressed file ends early and is noted as a problem; a file that is missing or a folder throws.
 */
export async function* readLines(path: string, problems: Problems): AsyncGenerator<readonly string[]> {
  requireFile(path);
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const gunzip = path.endsWith('.gz') ? createGunzip({ chunkSize: CHUNK_BYTES }) : undefined;
  if (gunzip !== undefined) file.on('error', (error) => gunzip.destroy(error));
  const bytes = gunzip === undefined ? file : file.pipe(gunzip);
  let rest: Buffer = Buffer.alloc(0);
  let count = 0;
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      const joined = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const end = joined.lastIndexOf(NEWLINE) + 1;
      const lines = linesOf(joined.subarray(0, end));
      rest = joined.subarray(end, end + LONGEST_LINE);
      count += lines.length;
      yield lines;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code?.startsWith('Z') !== true) throw error;
    problems.note(CUT, count + 1);
  }
  if (rest.length > 0) yield linesOf(Buffer.concat([rest, Buffer.of(NEWLINE)]));
}

/** Lines of whole lines. Each is a text of its own: one that is cut out of a longer one is slower to read. */
function linesOf(bytes: Buffer): string[] {
  const encoding = isAscii(bytes) ? 'latin1' : 'utf8';
  const lines: string[] = [];
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline > start && bytes[newline - 1] === RETURN ? newline - 1 : newline;
    lines.push(bytes.toString(encoding, start, Math.min(end, start + LONGEST_LINE)));
    start = newline + 1;
  }
  return lines;
}
