import { z } from 'zod';
import type { CapSet } from '../kernel/semantics/linux/capset.ts';
import type { ExecutableFile } from '../kernel/semantics/linux/filemode.ts';
import { simulatedSet } from './capabilitystandins.ts';

/** A recorded capability set: up to 16 hexadecimal digits, in the recording kernel's numbering; read into ours. */
export const recordedCapSet = z
  .string()
  .regex(/^[0-9a-f]{1,16}$/iu, 'must be up to 16 hexadecimal digits')
  .transform((hex): CapSet => simulatedSet(BigInt(`0x${hex}`)));

const id = z.int().min(0);

const fileCapabilities = z
  .object({
    permitted: recordedCapSet,
    inheritable: recordedCapSet,
    effective: z.union([z.literal(0), z.literal(1)]),
    /** The recorder writes version 2 unless it says otherwise. */
    version: z.union([z.literal(2), z.literal(3)]).default(2),
    rootid: id.default(0),
  })
  .transform(({ effective, rootid, ...sets }) => ({ ...sets, effective: effective === 1, rootId: rootid }));

const file = z.object({
  file: z.string(),
  owner: id,
  group: id,
  mode: z.string().regex(/^[0-7]{3,5}$/u, 'must be octal digits such as 4755'),
  fcaps: fileCapabilities.nullable().default(null),
});

/** Names, owners, modes and file capabilities of the executables that a recording runs, and what is wrong with them. */
export interface CapabilityFiles {
  readonly files: ReadonlyMap<string, ExecutableFile>;
  readonly problems: readonly string[];
}

/** Where in a document a mistake is, such as `steps[3].op`. */
export function dottedPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

/** All mistakes of a document, one a line: place, then message. */
export function mistakes(error: z.ZodError): string[] {
  return error.issues.map((issue) => (issue.path.length > 0 ? `${dottedPath(issue.path)}: ` : '') + issue.message);
}

/** Reads the parsed `files.json` of a recording: an array of `{file, owner, group, mode, fcaps}`. Mistakes are listed, none is thrown. */
export function readCapabilityFiles(json: unknown): CapabilityFiles {
  const parsed = z.array(file).safeParse(json);
  if (!parsed.success) return { files: new Map(), problems: mistakes(parsed.error) };
  const files = parsed.data.map(({ file, owner, group, mode, fcaps }): [string, ExecutableFile] => [
    file,
    { owner, group, mode: Number.parseInt(mode, 8), capabilities: fcaps },
  ]);
  return { files: new Map(files), problems: [] };
}
