import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { UsageError } from './usage.ts';

const NEWLINE = 10;

/** Bytes of a file, unpacked when they are gzip, whatever its name; a `UsageError` when it is absent, cut short or damaged. */
export function readRecording(path: string): Buffer {
  if (!existsSync(path)) throw new UsageError(`${path}: no such file`);
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
