import { crc32, inflateRawSync } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
const END_BYTES = 22;
const STORED = 0;
const DEFLATED = 8;

/**
 * Files of a zip, by name. Reads what `writeZip` writes and what common tools repack: stored and deflated entries below 4 GiB.
 * Throws an Error for anything damaged. Source: PKWARE APPNOTE.TXT 4.3.
 */
export function unzip(bytes: Buffer): Map<string, Uint8Array> {
  const end = findEnd(bytes);
  const files = new Map<string, Uint8Array>();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== DIRECTORY_ENTRY) throw damaged('its directory');
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset));
    const name = bytes.toString('utf8', at + 46, at + 46 + nameBytes);
    if (!name.endsWith('/')) files.set(name, readEntry(bytes, at, name));
    at += 46 + nameBytes + extraBytes + commentBytes;
  }
  return files;
}

function findEnd(bytes: Buffer): number {
  for (let at = bytes.length - END_BYTES; at >= 0; at--) {
    if (bytes.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  }
  throw damaged('its end: it is cut short or no zip');
}

function readEntry(bytes: Buffer, entry: number, name: string): Uint8Array {
  const method = bytes.readUInt16LE(entry + 10);
  const [crc, size] = [bytes.readUInt32LE(entry + 16), bytes.readUInt32LE(entry + 20)];
  const local = bytes.readUInt32LE(entry + 42);
  if (local + 30 > bytes.length || bytes.readUInt32LE(local) !== LOCAL_ENTRY) throw damaged(name);
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const content = decode(bytes.subarray(start, start + size), method, name);
  if (crc32(content) !== crc) throw damaged(name);
  return content;
}

function decode(packed: Buffer, method: number, name: string): Uint8Array {
  if (method === STORED) return packed;
  if (method !== DEFLATED) throw new Error(`the zip packs ${name} by method ${method}, which is not supported`);
  try {
    return inflateRawSync(packed);
  } catch {
    throw damaged(name);
  }
}

function damaged(what: string): Error {
  return new Error(`the zip is damaged at ${what}`);
}
