import { once } from 'node:events';
import { ZipFile } from 'yazl';
import { writeWhole } from './storefiles.ts';

/** zip stores local time; a local date gives the same bytes in every time zone. */
const MTIME = new Date(2020, 0, 1);
const MODE = 0o100644;

/** Writes files as a zip whose bytes depend on names and contents alone: sorted, one time stamp, one mode. */
export async function writeZip(path: string, root: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const zip = new ZipFile();
  for (const name of [...files.keys()].toSorted()) {
    zip.addBuffer(Buffer.from(files.get(name)!), `${root}/${name}`, {
      mtime: MTIME,
      mode: MODE,
      forceDosTimestamp: true,
    });
  }
  const chunks: Buffer[] = [];
  zip.outputStream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = once(zip.outputStream, 'end');
  zip.end();
  await ended;
  writeWhole(path, Buffer.concat(chunks));
}
