/** What each of the 21 hardening mechanisms adds to the literal reading `L1`; profile `H` switches all of them on. */
export const MECHANISMS = {
  KSTK: 'a supervisor stack per thread for user-owned code at CPL 0, and for every event taken there',
  SMEPT: 'trusted pages are supervisor pages: CPL 0 cannot fetch elsewhere, CPL 3 cannot fetch them',
  GATE: 'one mediated gate for services called at CPL 0; no other kernel symbol is callable',
  SHSTK: 'a supervisor shadow stack while at CPL 0',
  IBT: 'indirect branches at CPL 0 reach function entries only',
  KFRAME: 'entry and return frames held by the kernel: kret, downcall, upret; depth 4',
  SEAL: 'mappings of trusted pages are immutable',
  ALIAS: 'published code lives in a fresh kernel-owned frame without other mappings',
  NOFORCE: 'forced writes (debugger, /proc/self/mem) to trusted pages are refused',
  VPUB: 'the kernel verifies code and entries before it trusts them',
  GENENT: 'entry handles live in kernel memory and must be true entries of the current bytes',
  SHOOT: 'unpublish refuses pages in use and shoots down remote translations',
  SIGREC: 'the kernel records each signal; sigreturn restores CPL 0 only by that record',
  PREEMPT: 'returning from an event to user-owned CPL 0 code does the return-to-user work',
  CAPX: 'the two capabilities need an explicit file capability; losing them revokes the mode',
  PTRC: 'no tracer touches a thread at CPL 0',
  FAULTC: 'faults of user-owned CPL 0 code become process signals',
  ARGV: 'entry stubs copy and validate untrusted arguments',
  MMX: 'the kernel never redirects a CPL 0 thread; no shared memory across credentials',
  HEAPI: 'the managed heap is not writable by native code',
  SFI: 'loads and stores of verified CPL 0 code are confined to the user half',
} as const;
/** Name of a mechanism. */
export type MechanismName = keyof typeof MECHANISMS;
/** Which mechanisms are in force. */
export type Mechanisms = Readonly<Record<MechanismName, boolean>>;

/** Names of all mechanisms, in the order of the specification. */
export const MECHANISM_NAMES = Object.keys(MECHANISMS) as MechanismName[];

/** A full set of switches, all `on`, then the given exceptions. */
export function mechanismSet(on: boolean, except: Partial<Mechanisms> = {}): Mechanisms {
  const all = Object.fromEntries(MECHANISM_NAMES.map((name) => [name, on])) as Record<MechanismName, boolean>;
  return { ...all, ...except };
}
