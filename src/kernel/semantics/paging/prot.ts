/** Access rights of a mapping: a sum of READ, WRITE and EXECUTE. */
export type Prot = number;

/** No access. */
export const NONE: Prot = 0;
/** Bit of reading. Value of Linux. */
export const READ: Prot = 1;
/** Bit of writing. Value of Linux. */
export const WRITE: Prot = 2;
/** Bit of executing. Value of Linux. */
export const EXECUTE: Prot = 4;

const LETTERS: readonly (readonly [string, Prot])[] = [
  ['r', READ],
  ['w', WRITE],
  ['x', EXECUTE],
];

/** All eight spellings, `---` to `rwx`, at the index of their value. */
export const PROT_NAMES: readonly string[] = Array.from({ length: 8 }, (_, prot) => protName(prot));

/** Spelling of rights as in /proc/PID/maps, such as `r-x`. */
export function protName(prot: Prot): string {
  return LETTERS.map(([letter, right]) => (allows(prot, right) ? letter : '-')).join('');
}

/** Rights of a spelling such as `r-x`. Throws RangeError on anything else. */
export function protOf(name: string): Prot {
  const prot = PROT_NAMES.indexOf(name);
  if (prot < 0) throw new RangeError(`${name} is no protection; allowed: ${PROT_NAMES.join(' ')}`);
  return prot;
}

/** Whether `prot` holds all of `rights`. */
export function allows(prot: Prot, rights: Prot): boolean {
  return (prot & rights) === rights;
}
