import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { requireFile } from './recordings.ts';
import { UsageError } from './usage.ts';

const CHUNK_BYTES = 1 << 18;

/** Bytes of a file of any size piece by piece, unpacked when they are gzip; `-` is the standard input. A `UsageError` when absent, a folder or damaged. */
export async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  if (path !== '-') requireFile(path);
  const source = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const pieces = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await pieces.next();
  if (first.done === true) return;
  const all = rejoin(first.value, pieces);
  yield* first.value[0] === 0x1f && first.value[1] === 0x8b ? unpack(all, path) : all;
}

async function* rejoin(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

async function* unpack(packed: AsyncIterable<Buffer>, path: string): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  pipeline(Readable.from(packed), gunzip, () => {}); // a failure shows where the pieces are taken
  try {
    for await (const piece of gunzip) yield piece as Uint8Array;
  } catch (error) {
    throw new UsageError(`${path}: damaged gzip, ${error instanceof Error ? error.message : String(error)}`);
  }
}
