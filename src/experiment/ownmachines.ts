import type { MachineProfile } from '../hw/profile.ts';
import { sourcedLeaves } from '../hw/checkprofile.ts';
import { isFields, isSourced } from '../hw/checks.ts';
import type { Problem } from '../sim/errors.ts';
import type { Catalogue } from './catalogue.ts';
import type { Layered, ReadText } from './layers.ts';
import { machineProblems, readMachine } from './machines/machinefile.ts';
import { readOwn, type OwnPart } from './ownfiles.ts';

/** Machines that a study brings along, by the name that it uses for them: the file's, for one that it reads. */
export type OwnMachines = Readonly<Record<string, MachineProfile>>;

const PART: OwnPart<MachineProfile> = {
  key: 'machines',
  setting: 'machine',
  check: (value) => machineProblems(value),
  read: readMachine,
};

/** The machines in a study's own `machines` and in the files that its `machine` names, with everything that is wrong with them. */
export function ownMachines(layers: Layered, read: ReadText): { found: OwnMachines; problems: readonly Problem[] } {
  return readOwn(layers, read, PART);
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
