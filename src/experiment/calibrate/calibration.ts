import { stringify } from 'yaml';
import { sourcedLeaves } from '../../hw/checkprofile.ts';
import type { MachineProfile, Sourced } from '../../hw/profile.ts';
import { extendProfile } from '../machines/extendedmachine.ts';
import { deriveCaches } from './caches.ts';
import { deriveFeatures } from './mitigations.ts';
import { originOf, type Derived, type Origin } from './origin.ts';
import type { Missing, Readings } from './readings.ts';
import { deriveCall, deriveClock, deriveFault, deriveInterrupt, deriveRemote, deriveSpaceSwitch } from './timings.ts';
import { deriveTlbs } from './tlbs.ts';
import { sumRows, unmeasured, type SumRow, type Unmeasured } from './unmeasured.ts';

/** A host as measured: a machine file over a base profile, and what it does not rest on. */
export interface Calibration {
  /** Content of the machine file: `extends`, name, doc and the measured parts. */
  readonly file: Readonly<Record<string, unknown>>;
  /** The file over its base: a whole profile. */
  readonly profile: MachineProfile;
  readonly measured: readonly ({ readonly path: string } & Sourced)[];
  readonly readings: readonly SumRow[];
  /** What the reader should know about the measured numbers. */
  readonly notes: readonly string[];
  /** What the probe could not do on this host. */
  readonly missing: readonly Missing[];
  /** Numbers that are those of the base profile, by reason. */
  readonly inherited: readonly Unmeasured[];
}

/** Derivations that need only the readings and the base. */
const PLAIN: readonly ((origin: Origin) => Derived)[] = [
  deriveClock,
  deriveCaches,
  deriveTlbs,
  deriveRemote,
  deriveInterrupt,
  deriveSpaceSwitch,
];
/** Derivations that need the base with the mitigations of this kernel, and what was derived before them. */
const CROSSINGS: readonly ((origin: Origin, profile: MachineProfile) => Derived)[] = [deriveCall, deriveFault];

/** Makes a machine file of the readings of a probe; undefined when they do not tell the clock, without which nothing follows. */
export function calibrate(readings: Readings, base: MachineProfile, name: string): Calibration | undefined {
  const origin = originOf(readings, base);
  if (origin === undefined) return undefined;
  const features = deriveFeatures(origin);
  const parts = [features, ...PLAIN.map((derive) => derive(origin))];
  for (const derive of CROSSINGS) parts.push(derive(origin, extendProfile(base, nested(fieldsOf(parts)))));
  const fields = { ...fieldsOf(parts), ...coresOf(readings) };
  const about = {
    extends: base.name,
    name,
    doc: `${readings.facts['cpu.name'] ?? 'Unnamed processor'}, ${origin.text}`,
  };
  const file = { ...about, ...nested(fields) };
  const profile = extendProfile(base, file);
  return {
    file,
    profile,
    measured: sourcedLeaves(nested(fields)).map(([path, leaf]) => Object.assign({ path }, leaf)),
    readings: sumRows(readings),
    notes: [...busyNotes(readings), ...parts.flatMap(({ notes }) => notes)],
    missing: readings.missing,
    inherited: unmeasured(base, fields, profile),
  };
}

function fieldsOf(parts: readonly Derived[]): Record<string, unknown> {
  return Object.assign({}, ...parts.map(({ fields }) => fields)) as Record<string, unknown>;
}

function coresOf({ facts }: Readings): Record<string, unknown> {
  const cores = Number(facts['cpus']);
  return cores > 0 ? { maxCores: cores } : {};
}

/** Other work takes caches, memory and processors from the probe; half a busy processor is enough to show. */
function busyNotes({ facts }: Readings): string[] {
  const isBusy = Number(facts['load']) >= 0.5;
  return isBusy ? [`other work ran on the host (load average ${facts['load']}): measure again when it is quiet`] : [];
}

/** `{ 'l1d.ways': 8 }` as `{ l1d: { ways: 8 } }`. */
function nested(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(fields)) {
    const keys = path.split('.');
    const last = keys.pop()!;
    let place = result;
    for (const key of keys) place = (place[key] ??= {}) as Record<string, unknown>;
    place[last] = value;
  }
  return result;
}

/** The machine file as YAML, what is not measured in its head as comments. */
export function machineFileText({ file, notes, missing, inherited }: Calibration): string {
  const lines = [
    `Written by ringsim calibrate. What is not in here is that of the machine ${String(file['extends'])}.`,
    ...notes.map((note) => `Note: ${note}.`),
    ...missing.map(({ name, reason }) => `Could not measure ${name}: ${reason}.`),
    ...inherited.map(({ why, paths }) => `Not measured (${why}): ${paths.join(', ')}.`),
  ];
  return `${lines.map((line) => `# ${line}\n`).join('')}${stringify(file, { lineWidth: 0 })}`;
}
