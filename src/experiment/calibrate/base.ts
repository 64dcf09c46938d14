import type { Readings } from './readings.ts';

/** Processors by vendor, family and model (from, to), and the profile nearest to each. Source: Linux, arch/x86/include/asm/intel-family.h. */
const FAMILIES: readonly (readonly [vendor: string, family: number, from: number, to: number, base: string])[] = [
  ['GenuineIntel', 15, 0, 2, 'northwood'],
  ['GenuineIntel', 15, 3, 255, 'prescott'],
  ['GenuineIntel', 6, 0x1a, 0x25, 'nehalem'],
  ['GenuineIntel', 6, 0x2c, 0x2c, 'nehalem'],
  ['GenuineIntel', 6, 0x2a, 0x3a, 'sandybridge-ep'],
  ['GenuineIntel', 6, 0x3c, 0x4d, 'haswell'],
  ['GenuineIntel', 6, 0x4e, 0x69, 'skylake-sp'],
  ['GenuineIntel', 6, 0x6a, 0x8c, 'icelake-sp'],
  ['GenuineIntel', 6, 0x8d, 255, 'sapphire-rapids'],
  ['AuthenticAMD', 15, 0, 255, 'opteron-k8'],
  ['AuthenticAMD', 23, 0, 255, 'zen2'],
  ['AuthenticAMD', 25, 0x10, 0x1f, 'zen4'],
  ['AuthenticAMD', 25, 0x60, 0xaf, 'zen4'],
  ['AuthenticAMD', 25, 0, 255, 'zen3'],
  ['AuthenticAMD', 26, 0, 255, 'zen4'],
];

/** Name of the machine profile nearest to the processor; undefined for one that none resembles. */
export function nearestBase({ facts }: Readings): string | undefined {
  const [family, model] = [Number(facts['cpu.family']), Number(facts['cpu.model'])];
  return FAMILIES.find(
    ([vendor, own, from, to]) => vendor === facts['cpu.vendor'] && own === family && model >= from && model <= to,
  )?.[4];
}
