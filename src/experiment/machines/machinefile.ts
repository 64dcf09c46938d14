import { checkProfile } from '../../hw/checkprofile.ts';
import type { MachineProfile } from '../../hw/profile.ts';
import { isFields } from '../../hw/checks.ts';
import { machines } from '../../hw/profiles/index.ts';
import { ConfigError, type Problem } from '../../sim/errors.ts';
import { unknownName } from '../messages.ts';
import { extendProfile } from './extendedmachine.ts';
import { parseSource, type Source } from '../yamlsource.ts';

/** Names of the machines that come with ringsim, oldest first. */
export const machineNames: readonly string[] = Object.keys(machines);

/** A machine that comes with ringsim; a ConfigError with the nearest name when there is none. */
export function findMachine(name: string): MachineProfile {
  if (typeof name === 'string' && Object.hasOwn(machines, name)) return machines[name];
  throw new ConfigError([{ path: '(machine)', ...unknownName('machine', name, machineNames) }]);
}

/**
 * Reads a profile from YAML or JSON text; a ConfigError lists everything wrong with it by place and path. With `extends: NAME` the text gives
 * only what differs from a machine that comes with ringsim.
 */
export function readMachine(text: string, file: string): MachineProfile {
  const source = parseSource(text, file);
  if (source.problems.length > 0) throw new ConfigError(source.problems);
  const profile = overBase(source);
  const problems = machineProblems(profile, source);
  if (problems.length > 0) throw new ConfigError(problems);
  return profile as MachineProfile;
}

/** The profile of a file with what it extends. */
function overBase(source: Source): unknown {
  const { value } = source;
  const name = isFields(value) ? value['extends'] : undefined;
  if (!isFields(value) || name === undefined) return value;
  if (typeof name === 'string' && Object.hasOwn(machines, name)) return extendProfile(machines[name], value);
  throw new ConfigError([
    { path: 'extends', ...unknownName('machine', name, machineNames), ...placeOf('extends', source) },
  ]);
}

/** What is wrong with a profile; with the place in its text when it comes from a file. */
export function machineProblems(profile: unknown, source?: Source): readonly Problem[] {
  return checkProfile(profile).map(({ path, message }) => Object.assign({ path, message }, placeOf(path, source)));
}

function placeOf(path: string, source: Source | undefined): Partial<Problem> {
  if (source === undefined) return {};
  const steps = path === '' ? [] : path.split('.');
  return source.locate(steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step))).place;
}
