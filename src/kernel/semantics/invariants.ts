/** Security, availability, or function of the program. */
export type InvariantClass = 'S' | 'A' | 'F';

/** One promise: its class, the predicate in words, and which profiles' text makes it (`H` makes all). */
export interface Invariant {
  readonly class: InvariantClass;
  readonly name: string;
  readonly sentence: string;
  readonly promisedBy: readonly ('L0' | 'L1' | 'H')[];
}

const ALL = ['L0', 'L1', 'H'] as const;
const GATED = ['L1', 'H'] as const;
const HARD = ['H'] as const;

function invariant(
  cls: InvariantClass,
  name: string,
  promisedBy: Invariant['promisedBy'],
  sentence: string,
): Invariant {
  return { class: cls, name, sentence, promisedBy };
}

/** The 27 invariants, evaluated on every transition. */
export const INVARIANTS = {
  I1: invariant('S', 'TrustedFetch', ALL, 'code at CPL 0 by page authority is fetched from a page trusted now'),
  I2: invariant('S', 'VerifiedBytes', ALL, 'code at CPL 0 by page authority is fetched from verified bytes'),
  I3: invariant('S', 'ReadOnly', ALL, 'a trusted page is not writable'),
  I4: invariant(
    'S',
    'NoWriteAlias',
    HARD,
    'the frame of a trusted page has no writable mapping, pin or page-cache copy',
  ),
  I5: invariant('S', 'EntryIntegrity', GATED, 'entering kernel mode ends at a true entry of the current bytes'),
  I6: invariant(
    'S',
    'FlowIntegrity',
    HARD,
    'at CPL 0 by page authority control flow is what the verified code would do',
  ),
  I7: invariant('S', 'CallerPage', ALL, 'syskernelmode(1) is honoured by page authority from trusted pages only'),
  I8: invariant('S', 'ContinuingAuthority', HARD, 'user code at CPL 0 holds a capability now'),
  I9: invariant('S', 'EntFlag', GATED, 'page authority at CPL 0 came through the gate'),
  I10: invariant(
    'S',
    'TrustAuthority',
    ALL,
    'trust is set on verified bytes only, by code that was reached legitimately',
  ),
  I11: invariant('S', 'StackConfinement', HARD, 'no event frame or red zone of CPL 0 lies in user-writable memory'),
  I12: invariant('S', 'SigNoEscalate', ALL, 'sigreturn gives CPL 0 only where the kernel recorded CPL 0'),
  I13: invariant('S', 'ExecReset', ALL, 'after execve: CPL 3, not entered, no trust or entries of the old program'),
  I14: invariant('S', 'CapConfinement', ALL, 'execve grants the capabilities by explicit file capabilities only'),
  I15: invariant('S', 'AttrRule', ALL, 'leaving kernel mode is never refused to code that must run in user mode'),
  I16: invariant('F', 'ModeTransparency', ALL, 'balanced calls, signals and interrupts restore mode and registers'),
  I17: invariant('S', 'TrustCoherence', HARD, 'after revocation no core translates the page as trusted'),
  I18: invariant('A', 'Preemptible', HARD, 'user code at CPL 0 runs at most one tick without a scheduling point'),
  I19: invariant('S', 'Mediation', HARD, 'every service for user code passes the system-call filters'),
  I20: invariant('S', 'PointerConfinement', HARD, 'kernel-mode access through a user pointer stays in user memory'),
  I21: invariant('A', 'FaultContainment', HARD, 'a fault of user code kills at most its process'),
  I22: invariant('S', 'TracerConfinement', HARD, 'no tracer moves a thread at CPL 0'),
  I23: invariant('S', 'FailAtomic', ALL, 'a refused operation changes nothing'),
  I24: invariant('S', 'BaseIsolation', ALL, 'code without authority never runs at CPL 0'),
  I25: invariant('A', 'Killable', HARD, 'SIGKILL takes effect within one tick'),
  I26: invariant('S', 'EntryHygiene', HARD, 'kernel code never runs with user registers, flags or entry points'),
  I27: invariant('S', 'DataIntegrity', HARD, 'data that verified CPL 0 code trusts is not writable by native code'),
} as const satisfies Record<string, Invariant>;

/** Id of an invariant, such as I6. */
export type InvariantId = keyof typeof INVARIANTS;
/** Ids in order; the number of an invariant is its index plus one. */
export const INVARIANT_IDS = Object.keys(INVARIANTS) as InvariantId[];

/** Numbers of the invariants, for marks: `Inv.I7` is 7. */
export const Inv = Object.fromEntries(INVARIANT_IDS.map((id, index) => [id, index + 1])) as Record<InvariantId, number>;
