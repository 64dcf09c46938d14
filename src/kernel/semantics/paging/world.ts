import { createSpace } from './addressspace.ts';
import type { AddressSpace } from './addressspace.ts';
import type { Mapping } from './mapping.ts';
import { createObject } from './object.ts';
import type { BackingObject, OpenFile } from './object.ts';
import type { TrustRules } from './trust.ts';

/** Pages of the memfd and of the file at the start. */
export const OBJECT_PAGES = 4;

/** Descriptors that every process holds; `file_ro` is a second, read-only open of `file`. */
export const FILE_NAMES = ['memfd', 'file', 'file_ro'] as const;
/** Name of a file. */
export type FileName = (typeof FILE_NAMES)[number];

/** Processes with their memory, and what their mappings can show. */
export interface World {
  readonly spaces: Map<number, AddressSpace>;
  readonly files: Readonly<Record<FileName, OpenFile>>;
  /** Null: the kernel does not know KERNELTRUST. */
  readonly trust: TrustRules | null;
}

/** Process 0 without mappings; probe byte of page k: memfd 0xA0 + k, file 0xB0 + k. */
export function createWorld(trust: TrustRules | null = null): World {
  const memfd = createObject('memfd', OBJECT_PAGES, (page) => 0xa0 + page);
  const file = createObject('file', OBJECT_PAGES, (page) => 0xb0 + page);
  return {
    spaces: new Map([[0, createSpace()]]),
    files: {
      memfd: { object: memfd, writable: true },
      file: { object: file, writable: true },
      file_ro: { object: file, writable: false },
    },
    trust,
  };
}

/** Memory of a live process. Throws RangeError for any other number. */
export function spaceOf(world: World, process: number): AddressSpace {
  const space = world.spaces.get(process);
  if (!space) throw new RangeError(`no process ${process}; live: ${[...world.spaces.keys()].join(', ')}`);
  return space;
}

/** Every mapping of an object, in all processes, with the space it lies in. */
export function* mappingsOf(world: World, object: BackingObject): Generator<readonly [AddressSpace, Mapping]> {
  for (const space of world.spaces.values()) {
    for (const mapping of space.mappings) if (mapping.file?.object === object) yield [space, mapping];
  }
}
