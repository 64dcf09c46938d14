import { existsSync, readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { UsageError } from './usage.ts';

const NEWLINE = 10;

/** Throws a `UsageError` unless there is a file, or something else that can be read like one. */
export function requireFile(path: string): void {
  if (!existsSync(path)) throw new UsageError(`${path}: no such file`);
  if (statSync(path).isDirectory()) throw new UsageError(`${path}: a folder, not a file`);
}

/** Bytes of a file, unpacked when they are gzip, whatever its name; a `UsageError` when it is absent, a folder, cut short or damaged. */
export function readRecording(path: string): Buffer {
  requireFile(path);
  const bytes = readFileSync(path);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    return isGzip ? gunzipSync(bytes) : bytes;
  } catch (error) {
    throw new UsageError(`${path}: damaged gzip, ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Lines of a text of any size, one after the other. */
export function* linesOf(bytes: Buffer): Generator<string> {
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(NEWLINE, start);
    const end = found < 0 ? bytes.length : found;
    yield bytes.toString('utf8', start, end);
    start = end + 1;
  }
}
