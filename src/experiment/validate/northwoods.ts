const INT80 = /int ?(?:0x)?80/i;
const SYSENTER = /sysenter|\bkml\b/i;
const SEVERAL = /\b[248]x /i;
const BEFORE_25 = /\b2\.4\.(?:x|\d)/i;
const BEFORE_26 = /\b2\.[45]\.(?:x|\d)/i;
const FIRST_26 = 2003;

/** Whether a row says that its calls enter by INT 0x80. */
export function isInt80(text: string): boolean {
  return INT80.test(text);
}

/**
 * The Northwood of a row by the kernel that it ran. SYSENTER came with 2.5.52 in December 2002, in a first form; C libraries that enter by it
 * came with 2.6. What names no way of entering and is of an earlier kernel or year therefore enters by INT 0x80; that of 2002 was 2.4,
 * unless the row compares ways of entering, and was built for one processor where there is one.
 */
export function northwoodOf(text: string, year: number): string {
  const isEarly = year < FIRST_26 || BEFORE_26.test(text);
  if (!isInt80(text) && SYSENTER.test(text)) return isEarly ? 'northwood-2.5.52' : 'northwood';
  if (!isInt80(text) && !isEarly) return 'northwood';
  const isStable = BEFORE_25.test(text) || (year < FIRST_26 && !isInt80(text));
  return isStable && !SEVERAL.test(text) ? 'northwood-2.4' : 'northwood-int80';
}
