/** A sentence of the proposal: what it says, the rule it became, and the programs and tests that cover it. */
export interface Requirement {
  readonly says: string;
  readonly rule: string;
  /** Ids of programs of the catalogue. */
  readonly programs: readonly string[];
  /** Titles, or their beginnings, of tests of the semantics; for claims about speed, of the experiments that test them. */
  readonly tests: readonly string[];
}

function requirement(says: string, rule: string, programs: string, tests: readonly string[] = []): Requirement {
  return { says, rule, programs: programs.split(' ').filter((id) => id !== ''), tests };
}

const MATRIX = 'authority %i, verified %s, attribute %i, caller %i';
const ATTRIBUTES =
  'attributes count for verified code under ByPage and for all under KernelMode (S30, S31); none is A15';
const EXHAUSTIVE = 'of every family under H is complete and breaks nothing';

/** Every sentence of the proposal. S1, S3 and S4 claim something about speed or risk: what the state machine adds is named. */
export const REQUIREMENTS = {
  S1: requirement(
    'easy to build; an edge for managed languages',
    'claim; the simulator compares managed and native workloads',
    'P02 P03',
  ),
  S2: requirement(
    'some user processes execute user code in kernel mode',
    'a thread in user-owned code reaches CPL 0',
    'P01 P02',
  ),
  S3: requirement(
    'fewer switches between user and kernel',
    'a service is a plain call at CPL 0; the simulator counts crossings',
    'P01 P02 P11',
  ),
  S4: requirement(
    'buggy code could hurt stability',
    'native code under CAP_KERNELMODE may break kernel state',
    'T55 T56',
  ),
  S5: requirement(
    'therefore restricted to trusted processes',
    'without capability CPL is never 0 (I24, I14)',
    'T05 T20 T21 T85',
  ),
  S6: requirement('CAP_KERNELMODE: may enter kernel mode', 'authority is KernelMode', 'P01 T46', [
    'holding both capabilities is KernelMode in L1',
  ]),
  S7: requirement('syskernelmode(flag) enters and leaves', 'operation skm', 'P01'),
  S8: requirement('the flag turns the mode on and off', '1: CPL 0; 0: CPL 3; other: EINVAL (A4)', 'P01 T54', [
    'refuses in the order EPERM, EINVAL, EACCES',
  ]),
  S9: requirement('only holders of CAP_KERNELMODE may call it', 'EPERM for both flags (A5)', 'T05 T45', [
    'leaving needs the capability in L1',
  ]),
  S10: requirement(
    'C code does not protect itself',
    'native code may do anything: every operation, every argument',
    'T07 T40',
    [EXHAUSTIVE],
  ),
  S11: requirement(
    'Java and the CLI do',
    'verified code, reached at a true entry, makes legitimate transfers only',
    'P10 T25',
    [EXHAUSTIVE],
  ),
  S12: requirement('so verified code is safe at CPL 0', 'holds under I1 to I10; checked by exhaustion', 'T77', [
    EXHAUSTIVE,
  ]),
  S13: requirement('managed programs mix with C', 'every address space has native and verified pages', 'P02 P05'),
  S14: requirement('part of a process may be allowed, part not', 'trust belongs to pages, not to processes', 'T04 P02'),
  S15: requirement('control per page', 'the granule of trust is a page (A1)', 'T36 T68'),
  S16: requirement('KERNELTRUST: the code in this page is trusted', 'a bit of the mapping', 'T06 T54'),
  S17: requirement('compiled code is put into trusted pages and enters', 'publish, then call', 'P03 P04'),
  S18: requirement('native pages do not have it', 'trust is set on verified bytes only (I10)', 'T06 T65 T73'),
  S19: requirement('calls to syskernelmode from native pages fail', 'EACCES, nothing changes (I7, I23)', 'T04', [
    'without the caller-page check of syskernelmode in L0',
  ]),
  S20: requirement(
    'CAP_KRNLMODEBYPAGE reaches trusted pages only',
    'CPL 0 by page authority implies a trusted page (I1)',
    'T17 T33 T39',
  ),
  S21: requirement(
    'trusted pages are read-only',
    'mprotect refuses (I3); other ways to write are I4',
    'T08 T09 T11 T32',
  ),
  S22: requirement('no jump into the middle of a function', 'I5', 'T01 T40'),
  S23: requirement('syskerneljump(address) enters and jumps', 'operation skj', 'P04 P10', [
    'refuses in the order ENOSYS, EPERM, EFAULT, EACCES, EINVAL',
  ]),
  S24: requirement(
    'only to entries declared in the executable file, in trusted pages',
    'EFAULT, EACCES, EINVAL',
    'T02 T03 T38 T54 T81 T82',
    ['without the check of declared entries'],
  ),
  S25: requirement(
    'a trusted page is privileged only if entered that way',
    'thread bit "entered" (I9, A7)',
    'T01 T40 T49',
    ['without "entered through the gate" in syskernelmode'],
  ),
  S26: requirement('attributes on functions', 'AlwaysKernelMode, AlwaysUserMode, UseCallersMode, none (A15)', '', [
    MATRIX,
  ]),
  S27: requirement('AlwaysKernelMode: switch when called in user mode', 'the callee runs at CPL 0', '', [MATRIX]),
  S28: requirement(
    'AlwaysUserMode: switch when called in kernel mode',
    'the callee runs at CPL 3; the way back is I16',
    'P05',
    [MATRIX],
  ),
  S29: requirement('UseCallersMode', "the callee runs at its caller's CPL", 'T49', [MATRIX]),
  S30: requirement(
    'under CAP_KRNLMODEBYPAGE attributes count for verified code only',
    'native attributes are ignored',
    '',
    [ATTRIBUTES],
  ),
  S31: requirement('under CAP_KERNELMODE they count for C too', 'all attributes are honoured', '', [ATTRIBUTES]),
} as const satisfies Record<string, Requirement>;

/** Id of a requirement. */
export type RequirementId = keyof typeof REQUIREMENTS;
