import type { MachineProfile } from '../hw/profile.ts';
import { sourcedLeaves } from '../hw/checkprofile.ts';
import { isFields, isSourced } from '../hw/profilefields.ts';
import { ConfigError, type Problem } from '../sim/errors.ts';
import type { Catalogue } from './catalogue.ts';
import { entriesOf } from './entries.ts';
import { isRecord, type Layered, type ReadText } from './layers.ts';
import { machineProblems, readMachine } from './machines/machinefile.ts';
import { unreadable } from './messages.ts';
import { dotted } from './zodproblems.ts';

/** Machines that a study brings along, by the name that it uses for them: the file's, for one that it reads. */
export type OwnMachines = Readonly<Record<string, MachineProfile>>;

const MACHINE_FILE = /\.(ya?ml|json)$/;

/** The machines in a study's own `machines` and in the files that its `machine` names, with everything that is wrong with them. */
export function ownMachines(layers: Layered, read: ReadText): { machines: OwnMachines; problems: readonly Problem[] } {
  const machines: Record<string, MachineProfile> = {};
  const problems: Problem[] = [];
  for (const [name, profile] of Object.entries(givenMachines(layers.value))) {
    const found = machineProblems(profile).map(({ path, message }) => {
      const place = ['machines', name, ...path.split('.')];
      return Object.assign({ path: dotted(place), message }, layers.locate(place).place);
    });
    problems.push(...found);
    if (found.length === 0) machines[name] = profile as MachineProfile;
  }
  for (const { name, value, path } of entriesOf(layers.value)) {
    if (name !== 'machine' || typeof value !== 'string' || !MACHINE_FILE.test(value) || value in machines) continue;
    const { place } = layers.locate(path);
    try {
      const from = place.file.startsWith('-o ') ? undefined : place.file;
      const { text, file } = readText(read, value, from);
      machines[value] = readMachine(text, file);
    } catch (error) {
      if (error instanceof ConfigError) problems.push(...error.problems);
      else problems.push({ ...place, path: dotted(path), ...unreadable(value, reasonOf(error)) });
    }
  }
  return { machines, problems };
}

function givenMachines(study: unknown): Readonly<Record<string, unknown>> {
  const given = isRecord(study) ? study['machines'] : undefined;
  return isRecord(given) ? given : {};
}

function readText(read: ReadText, file: string, from: string | undefined): ReturnType<ReadText> {
  return from === undefined ? read(file) : read(file, from);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A catalogue with further machines. */
export function withMachines(catalogue: Catalogue, machines: OwnMachines): Catalogue {
  return {
    ...catalogue,
    machines: { ...catalogue.machines, ...machines },
    profilePaths: (name) => (Object.hasOwn(machines, name) ? pathsOf(machines[name]) : catalogue.profilePaths(name)),
  };
}

/** The numbers of a machine that a study may override, by dotted path. */
export function pathsOf(profile: MachineProfile): ReturnType<Catalogue['profilePaths']> {
  return Object.fromEntries(sourcedLeaves(profile).map(([path, { value, range }]) => [path, { value, range }]));
}

/** What a run needs of a machine: its numbers without ranges and sources, which the resolved study keeps. */
export function bareProfile(profile: MachineProfile): Readonly<Record<string, unknown>> {
  return bare(profile) as Readonly<Record<string, unknown>>;
}

function bare(part: unknown): unknown {
  if (isSourced(part)) return { value: part['value'] };
  if (!isFields(part)) return part;
  const kept = Object.entries(part).filter(([key]) => key !== 'source' && key !== 'doc');
  return Object.fromEntries(kept.map(([key, value]) => [key, bare(value)]));
}
