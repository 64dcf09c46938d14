/** One open question of the proposal: its number, the question, and the readings, of which the first is the chosen one. */
interface Question {
  readonly id: string;
  readonly asks: string;
  readonly readings: readonly [string | boolean, ...(string | boolean)[]];
}

/**
 * Every ambiguity of the proposal whose alternatives are not already a mechanism of the hardened profile. (A10 and A23 are KFRAME, A12 is SHOOT,
 * A13 is CAPX, A17 is FAULTC, A22 is PREEMPT; what follows the EPERM of A24 is up to the program. Numbers as in docs/ambiguities.md.)
 */
export const QUESTIONS = {
  trustOn: { id: 'A1', asks: 'is trust a property of the mapping or of the frame?', readings: ['mapping', 'frame'] },
  setter: { id: 'A2', asks: 'who may set trust?', readings: ['priv', 'page', 'any', 'kernel'] },
  bootstrap: { id: 'A3', asks: 'where does the first trusted page come from?', readings: ['execve', 'helper'] },
  flag: { id: 'A4', asks: 'what does a flag other than 0 and 1 mean?', readings: ['einval', 'on'] },
  offCap: { id: 'A5', asks: 'does leaving need the capability?', readings: [true, false] },
  both: { id: 'A6', asks: 'which of both capabilities wins?', readings: ['Kwins', 'Brestricts'] },
  skm: { id: 'A7', asks: 'may a trusted page not entered by the gate switch?', readings: ['entered', 'page'] },
  leave: { id: 'A8', asks: 'what if CPL 0 control reaches an untrusted page?', readings: ['drop', 'stay', 'fault'] },
  cross: { id: 'A9', asks: 'does CPL 0 survive a transfer between trusted pages?', readings: ['inherit', 'strict'] },
  nest: { id: 'A14', asks: 'may a thread enter again while at CPL 0?', readings: ['allow', 'busy'] },
  bare: {
    id: 'A15',
    asks: 'what does a function without attribute do?',
    readings: ['UseCallersMode', 'AlwaysUserMode'],
  },
  ro: { id: 'A11', asks: 'what does making a trusted page writable do?', readings: ['sticky', 'autoClear', 'none'] },
  entSticky: { id: 'A16', asks: 'does "entered" survive leaving?', readings: [false, true] },
  sig: { id: 'A18', asks: 'which mode do handler and sigreturn get?', readings: ['force3', 'restore', 'sameMode'] },
  forkMode: { id: 'A19', asks: 'does a forked child inherit the mode?', readings: ['inherit', 'reset'] },
  et: { id: 'A20', asks: 'where is the table of declared entries?', readings: ['kernel', 'usermem'] },
  etScope: { id: 'A21', asks: 'whose declarations count?', readings: ['exe', 'libs', 'pub'] },
  thp: { id: 'A25', asks: 'what is trusted after a huge-page collapse?', readings: ['vma', 'pteOr'] },
  sysInsn: { id: 'A26', asks: 'does the entry code know SYSCALL from CPL 0?', readings: ['aware', 'unsafe', 'sysret'] },
  msr: { id: 'A27', asks: 'are entry registers restored at a thread switch?', readings: ['restored', 'naive'] },
  ds: { id: 'A28', asks: 'is the address limit raised at CPL 0?', readings: ['unchanged', 'kml'] },
  errnos: { id: 'A29', asks: 'which error does a refused entry give?', readings: ['distinct', 'eperm'] },
} as const satisfies Record<string, Question>;

/** Name of an open question. */
export type VariantName = keyof typeof QUESTIONS;
/** One reading per question. */
export type Variant = { readonly [Name in VariantName]: (typeof QUESTIONS)[Name]['readings'][number] };

/** Names of all questions. */
export const VARIANT_NAMES = Object.keys(QUESTIONS) as VariantName[];

/** The chosen reading of every question. */
export const CHOSEN = Object.fromEntries(VARIANT_NAMES.map((name) => [name, QUESTIONS[name].readings[0]])) as Variant;
