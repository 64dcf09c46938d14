import { ConfigError, type Problem } from '../sim/errors.ts';
import { entriesOf } from './entries.ts';
import { isRecord, type Layered, type ReadText } from './layers.ts';
import { unreadable } from './messages.ts';
import { dotted } from './zodproblems.ts';

/** A kind of thing that a study may bring along: in a map of its own, or in files that a setting names. */
export interface OwnPart<T> {
  /** Key of the map in the study, and the setting whose values may be files. */
  readonly key: string;
  readonly setting: string;
  /** Values of the setting that are names of files; `.yaml` and `.json` if absent. */
  readonly pattern?: RegExp;
  /** What is wrong with a value of the map, by path within it. */
  readonly check: (value: unknown) => readonly { readonly path: string; readonly message: string }[];
  /** Reads a file; throws a ConfigError with all its mistakes. */
  readonly read: (text: string, file: string) => T;
}

const OWN_FILE = /\.(ya?ml|json)$/;

/** All things of a kind that a study brings along, by the name that it uses for them, with everything that is wrong with them. */
export function readOwn<T>(
  layers: Layered,
  read: ReadText,
  part: OwnPart<T>,
): { readonly found: Readonly<Record<string, T>>; readonly problems: readonly Problem[] } {
  const { found, problems } = readGiven(layers, part);
  const { setting, pattern = OWN_FILE } = part;
  for (const { name, value, path } of entriesOf(layers.value)) {
    if (name !== setting || typeof value !== 'string' || !pattern.test(value) || Object.hasOwn(found, value)) continue;
    const { place } = layers.locate(path);
    try {
      const { text, file } = place.file.startsWith('-o ') ? read(value) : read(value, place.file);
      found[value] = part.read(text, file);
    } catch (error) {
      if (error instanceof ConfigError) problems.push(...error.problems);
      else problems.push({ ...place, path: dotted(path), ...unreadable(value, reasonOf(error)) });
    }
  }
  return { found, problems };
}

function readGiven<T>(layers: Layered, { key, check }: OwnPart<T>): { found: Record<string, T>; problems: Problem[] } {
  const found: Record<string, T> = {};
  const problems: Problem[] = [];
  const given = isRecord(layers.value) ? layers.value[key] : undefined;
  for (const [name, value] of Object.entries(isRecord(given) ? given : {})) {
    const wrong = check(value).map(({ path, message }) => {
      const place = [key, name, ...path.split('.')];
      return Object.assign({ path: dotted(place), message }, layers.locate(place).place);
    });
    problems.push(...wrong);
    if (wrong.length === 0) found[name] = value as T;
  }
  return { found, problems };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
