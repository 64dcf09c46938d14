import { PROFILE_NAMES } from '../kernel/semantics/config.ts';
import type { Era, ProfileName } from '../kernel/semantics/config.ts';
import { MECHANISM_NAMES } from '../kernel/semantics/mechanism.ts';
import type { Mechanisms } from '../kernel/semantics/mechanism.ts';
import { DEFAULT_SETUP } from '../kernel/semantics/setup.ts';
import type { Setup } from '../kernel/semantics/setup.ts';
import { QUESTIONS, VARIANT_NAMES } from '../kernel/semantics/variant.ts';
import type { Variant, VariantName } from '../kernel/semantics/variant.ts';
import { refuse } from './nearest.ts';
import {
  ProgramError,
  printAddress,
  printCapabilities,
  readAddress,
  readCapabilities,
  readRecord,
} from './operands.ts';
import type { Value } from './operands.ts';

const SETUP_KEYS = ['cap', 'Ash', 'Apc', 'et', 'secc', 'base'];

/** A profile's name. Throws ProgramError with the nearest one. */
export function readProfile(value: Value): ProfileName {
  const name = PROFILE_NAMES.find((profile) => profile === value);
  if (name === undefined) throw new ProgramError(refuse('profile', value, PROFILE_NAMES));
  return name;
}

/** An era, `modern` when absent. */
export function readEra(value: Value | undefined): Era {
  if (value === undefined || value === 'modern') return 'modern';
  if (value === '2004' || value === 2004) return '2004';
  throw new ProgramError(refuse('era', value, ['2004', 'modern']));
}

/** Readings of single questions, such as {leave: stay}. Throws ProgramError on unknown questions and readings. */
export function readVariant(value: Value | undefined): Partial<Variant> {
  const record = readRecord('variant', value ?? {}, VARIANT_NAMES);
  for (const [name, reading] of Object.entries(record)) {
    const allowed: readonly unknown[] = QUESTIONS[name as VariantName].readings;
    if (!allowed.includes(reading)) throw new ProgramError(refuse(`reading of ${name}`, reading, allowed.map(String)));
  }
  return record;
}

/** Mechanisms switched on or off, such as {SHOOT: false}. */
export function readMechanisms(value: Value | undefined): Partial<Mechanisms> {
  const record = readRecord('mechanisms', value ?? {}, MECHANISM_NAMES);
  for (const [name, on] of Object.entries(record)) {
    if (typeof on !== 'boolean')
      throw new ProgramError(`mechanism ${name} is ${JSON.stringify(on)}, not true or false`);
  }
  return record;
}

/** 0, 1 or a boolean. */
function readSwitch(key: string, value: Value | undefined): boolean {
  if (value === undefined || value === 0 || value === false) return false;
  if (value === 1 || value === true) return true;
  throw new ProgramError(`${key} is ${JSON.stringify(value)}, not 0 or 1`);
}

/** Declared entries of a setup. */
function readEntries(value: Value | undefined): readonly number[] {
  if (value === undefined) return DEFAULT_SETUP.entries;
  if (!Array.isArray(value))
    throw new ProgramError(`et ${JSON.stringify(value)} is not a list of addresses such as [A:E]`);
  return (value as readonly Value[]).map(readAddress);
}

/** The start of a program: {cap, Ash, Apc, et, secc, base}, all optional. */
export function readSetup(value: Value | undefined): Setup {
  const init = readRecord('setup', value ?? {}, SETUP_KEYS);
  return {
    capabilities: init['cap'] === undefined ? DEFAULT_SETUP.capabilities : readCapabilities(init['cap']),
    sharedA: readSwitch('Ash', init['Ash']),
    cachedA: readSwitch('Apc', init['Apc']),
    entries: readEntries(init['et']),
    filtered: readSwitch('secc', init['secc']),
    base: readSwitch('base', init['base']),
  };
}

/** A setup as it is written, without what is usual. */
export function printSetup(setup: Setup): { readonly [key: string]: Value } {
  const entries = setup.entries.map(printAddress);
  return {
    ...(setup.capabilities === DEFAULT_SETUP.capabilities ? {} : { cap: printCapabilities(setup.capabilities) }),
    ...(setup.sharedA ? { Ash: 1 } : {}),
    ...(setup.cachedA ? { Apc: 1 } : {}),
    ...(entries.join() === DEFAULT_SETUP.entries.map(printAddress).join() ? {} : { et: entries }),
    ...(setup.filtered ? { secc: 1 } : {}),
    ...(setup.base ? { base: 1 } : {}),
  };
}
