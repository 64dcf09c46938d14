/** Switches of machines and kernels that decide which steps exist. */
const FEATURES = {
  int80: 'system calls enter by INT 0x80 and leave as interrupts do',
  sysenter: 'system calls enter by SYSENTER and leave by SYSEXIT (32-bit kernel)',
  syscall: 'system calls enter by SYSCALL and leave by SYSRET (64-bit kernel)',
  fred: 'system calls and events enter by flexible return and event delivery',
  idt: 'events are delivered through the interrupt descriptor table',
  softStack: 'the entry instruction leaves the choice of a stack to software',
  pcid: 'CR3 writes keep the entries of other address spaces in the TLBs',
  noPcid: 'CR3 writes drop all entries of the TLBs but global ones',
  invpcid: 'INVPCID drops entries of any address space from the TLBs',
  smap: 'supervisor-mode access prevention: user memory is opened and closed around each copy',
  cet: 'shadow stacks of control-flow enforcement',
  seccomp: 'a filter program looks at each system call',
  audit: 'system calls are audited',
  ptrace: 'a tracer stops each system call on entry and on exit',
  kpti: 'separate user and kernel page tables',
  ibrs: 'indirect branch restricted speculation, written on entry and exit',
  stibp: 'single-thread indirect branch predictors for sandboxed threads',
  ibpb: 'indirect branch prediction barrier for sandboxed address spaces',
  untrain: 'untraining of return prediction on entry',
  thunks: 'retpolines and return thunks',
  rsb: 'return stack buffer filled at switches of threads',
  bhb: 'branch history cleared by software on entry',
  mds: 'CPU buffers cleared on exit',
} as const satisfies Record<string, string>;
/** Name of a feature. */
export type Feature = keyof typeof FEATURES;

/** How a machine's kernel is entered, with the features that come with it. */
export const ENTRIES = {
  int80: ['int80', 'idt'],
  sysenter: ['sysenter', 'idt', 'softStack'],
  syscall: ['syscall', 'idt', 'softStack'],
  fred: ['fred'],
} as const satisfies Record<string, readonly Feature[]>;
/** Name of a way to enter. */
export type Entry = keyof typeof ENTRIES;

/** Features against speculative execution; a study can switch them off, and KPTI on and off. */
export const MITIGATIONS = ['kpti', 'ibrs', 'stibp', 'ibpb', 'untrain', 'thunks', 'rsb', 'bhb', 'mds'] as const;
/** Name of a mitigation. */
export type Mitigation = (typeof MITIGATIONS)[number];

/** What a machine or the configuration of its kernel has whatever a study says; a policy may bring the last three. */
export const OPTIONS = ['invpcid', 'smap', 'cet', 'seccomp', 'audit', 'ptrace'] as const;
/** Name of an option. */
export type Option = (typeof OPTIONS)[number];

/** The parts of a crossing that published systems remove separately, and the other places where steps are charged; `path` is the kernel's own code. */
export type StepPart = 'hardware' | 'software' | 'pageTable' | 'check' | 'scheduler' | 'interrupt' | 'path';

/** What a primitive step is; it exists when all features it needs are in force. */
export interface StepSpec {
  readonly part: StepPart;
  readonly needs?: readonly Feature[];
  readonly doc: string;
}

/**
 * Primitive costs in cycles. A crossing is a list of these; a profile that lacks the cost of one that can exist on it does not
 * load. `part` says which of the four parts of a crossing a step belongs to, and with it the CPI bucket it is charged to.
 */
export const STEPS = {
  int80Instr: {
    part: 'hardware',
    needs: ['int80'],
    doc: 'INT 0x80: gate from CPL 3 to 0, with stack switch from the TSS',
  },
  int80Same: { part: 'hardware', needs: ['int80'], doc: 'INT 0x80 by code at CPL 0' },
  int80Iret: { part: 'hardware', needs: ['int80', 'idt'], doc: 'IRET from a system call to CPL 3' },
  sysenterInstr: { part: 'hardware', needs: ['sysenter'], doc: 'SYSENTER: CPL 3 to 0' },
  sysexitInstr: { part: 'hardware', needs: ['sysenter'], doc: 'SYSEXIT: CPL 0 to 3' },
  syscallInstr: { part: 'hardware', needs: ['syscall'], doc: 'SYSCALL: CPL 3 to 0' },
  sysretInstr: { part: 'hardware', needs: ['syscall'], doc: 'SYSRET: CPL 0 to 3' },
  swapgs: { part: 'hardware', needs: ['syscall'], doc: 'exchange of the GS base with the kernel one' },
  fredSyscall: { part: 'hardware', needs: ['fred'], doc: 'SYSCALL under FRED, with GS and stack switched' },
  fredEntry: { part: 'hardware', needs: ['fred'], doc: 'event delivered by FRED at CPL 3' },
  fredEntrySame: { part: 'hardware', needs: ['fred'], doc: 'event delivered by FRED at CPL 0' },
  eretu: { part: 'hardware', needs: ['fred'], doc: 'ERETU: return to CPL 3' },
  erets: { part: 'hardware', needs: ['fred'], doc: 'ERETS: return that stays at CPL 0' },
  eventEntry: {
    part: 'hardware',
    needs: ['idt'],
    doc: 'interrupt or exception taken at CPL 3, with stack switch from the TSS',
  },
  eventEntrySame: { part: 'hardware', needs: ['idt'], doc: 'interrupt or exception taken at CPL 0' },
  iret: { part: 'hardware', needs: ['idt'], doc: 'IRET to CPL 3' },
  iretSame: { part: 'hardware', needs: ['idt'], doc: 'IRET that stays at CPL 0' },
  istSwitch: { part: 'hardware', needs: ['idt'], doc: 'a stack of the interrupt stack table taken for an event' },
  doubleFault: {
    part: 'hardware',
    doc: 'double fault delivered on a stack of its own (task gate, interrupt stack or stack level) after a frame could not be pushed, and back',
  },
  doubleFaultWork: {
    part: 'software',
    doc: 'handler of a double fault: finds the stack of the interrupted code and has the first event delivered again',
  },
  sspSwitch: { part: 'hardware', needs: ['cet'], doc: 'switch of the shadow-stack pointer' },
  saveRegisters: { part: 'software', doc: 'save and clear the user registers' },
  restoreRegisters: { part: 'software', doc: 'restore the user registers' },
  stackSwitch: { part: 'software', needs: ['softStack'], doc: 'load the kernel stack pointer' },
  entryWork: { part: 'software', doc: 'checks of work flags, context tracking, accounting on entry' },
  seccompFilter: { part: 'software', needs: ['seccomp'], doc: 'run of the seccomp filter on a system call' },
  auditEntry: { part: 'software', needs: ['audit'], doc: 'audit record begun on entry' },
  auditExit: { part: 'software', needs: ['audit'], doc: 'audit rules and record ended on exit' },
  ptraceStop: {
    part: 'software',
    needs: ['ptrace'],
    doc: 'hook of a tracer on the way in or out; its stops are simulated',
  },
  exitWork: { part: 'software', doc: 'checks of signals, rescheduling, accounting on exit' },
  dispatch: { part: 'software', doc: 'bounds check and indirect call through the system call table' },
  directCall: { part: 'software', doc: 'CALL and RET of a kernel function by code at CPL 0' },
  callGate: { part: 'software', doc: 'service gate for code at CPL 0: flags, GS and FPU state made safe' },
  ringPost: { part: 'software', doc: 'a call written to a ring in shared memory, and its result read from there' },
  ringEntry: { part: 'software', doc: "the kernel's look at an entry of a ring, and its completion" },
  userAccess: { part: 'software', needs: ['smap'], doc: 'STAC and CLAC around one copy from or to user memory' },
  pageFault: { part: 'software', doc: 'handler of a minor page fault, from the look-up of the mapping to its entry' },
  accessHandler: { part: 'software', doc: 'page-fault handler that finds an access forbidden, up to the signal' },
  leaveHandler: { part: 'software', doc: 'page-fault handler that demotes a thread which left trusted pages' },
  cr3Write: {
    part: 'pageTable',
    needs: ['kpti', 'pcid'],
    doc: 'switch between user and kernel page tables that keeps TLB entries',
  },
  cr3Flush: {
    part: 'pageTable',
    needs: ['kpti', 'noPcid'],
    doc: 'switch between user and kernel page tables that drops TLB entries; refills come on top',
  },
  invlpg: { part: 'pageTable', doc: 'INVLPG: drops one page from the TLBs' },
  cr3Reload: { part: 'pageTable', doc: 'CR3 write that drops the address space in use from the TLBs' },
  globalFlush: { part: 'pageTable', doc: 'two writes of CR4.PGE that empty the TLBs' },
  invpcidPage: { part: 'pageTable', needs: ['invpcid'], doc: 'INVPCID of type 0: one page of one address space' },
  invpcidContext: { part: 'pageTable', needs: ['invpcid'], doc: 'INVPCID of type 1: one address space' },
  invpcidAll: { part: 'pageTable', needs: ['invpcid'], doc: 'INVPCID of types 2 and 3: all address spaces' },
  specCtrlWrite: { part: 'pageTable', needs: ['ibrs'], doc: 'write of SPEC_CTRL (IBRS on entry, off on exit)' },
  untrainReturn: { part: 'pageTable', needs: ['untrain'], doc: 'untraining of return prediction on entry' },
  returnThunks: {
    part: 'pageTable',
    needs: ['thunks'],
    doc: 'retpolines and return thunks on the entry and dispatch path',
  },
  retpoline: {
    part: 'path',
    needs: ['thunks'],
    doc: 'what an indirect call of a kernel path takes longer as a retpoline',
  },
  safeReturn: {
    part: 'path',
    needs: ['untrain'],
    doc: 'what a return of a kernel path takes longer through an untrained thunk or Safe RET',
  },
  rsbFill: { part: 'pageTable', needs: ['rsb'], doc: 'filling of the return stack buffer' },
  bhbClear: { part: 'pageTable', needs: ['bhb'], doc: 'clearing of the branch history buffer on entry' },
  verw: { part: 'pageTable', needs: ['mds'], doc: 'VERW: clearing of CPU buffers on exit' },
  stibp: {
    part: 'pageTable',
    needs: ['stibp', 'seccomp'],
    doc: 'write of SPEC_CTRL at a switch to a sandboxed thread',
  },
  ibpb: {
    part: 'pageTable',
    needs: ['ibpb', 'seccomp'],
    doc: 'indirect branch prediction barrier at a switch to a sandboxed address space',
  },
  capabilityCheck: { part: 'check', doc: 'test of CAP_KERNELMODE and CAP_KRNLMODEBYPAGE' },
  pageTrustCheck: { part: 'check', doc: 'test of KERNELTRUST on the target page' },
  entryLookup: { part: 'check', doc: 'look-up of the address among the declared entries' },
  kernelFrame: { part: 'check', doc: 'push or pop of an entry frame that the kernel holds' },
  argumentCheck: { part: 'check', doc: 'copy and check of untrusted arguments by an entry stub' },
  privateStack: { part: 'check', doc: 'load of the private stack of user code at CPL 0, on entry' },
  generationCheck: { part: 'check', doc: "comparison of an entry handle's generation with that in kernel memory" },
  heapSwitch: { part: 'check', doc: 'change of the rights to the managed heap, as by WRPKRU' },
  signalRecord: {
    part: 'check',
    doc: 'record of a signal that the kernel keeps, written at its delivery or compared at its return',
  },
  faultClassify: { part: 'check', doc: 'test whether a fault at CPL 0 belongs to user code' },
  sfiMask: {
    part: 'check',
    doc: 'masks of loads, stores and indirect targets: instructions added to 1000 of instrumented code',
  },
  branchCheck: {
    part: 'check',
    doc: 'checks of indirect branches against function types: instructions added to 1000 of checked code',
  },
  shadowStack: {
    part: 'check',
    needs: ['cet'],
    doc: 'calls and returns on a shadow stack: instructions that 1000 of user code take longer',
  },
  safetyCheck: {
    part: 'check',
    doc: 'run-time checks of type-safe code in place of hardware isolation: instructions added to 1000',
  },
  confinedProgram: {
    part: 'check',
    doc: 'a verified program run inside the kernel: instructions added to 1000 of the original',
  },
  translatedCode: {
    part: 'check',
    doc: 'code translated and confined by the kernel: instructions added to 1000 of the original',
  },
  pickNext: { part: 'scheduler', doc: 'choice of the next thread' },
  threadSwitch: { part: 'scheduler', doc: 'switch of kernel stacks, FPU and debug state between threads' },
  spaceSwitch: { part: 'scheduler', doc: 'CR3 load of another address space, with its bookkeeping' },
  lstarWrite: {
    part: 'scheduler',
    needs: ['softStack'],
    doc: 'WRMSR of the entry address (LSTAR, or SYSENTER_EIP) at a switch between CPL-0 and CPL-3 threads',
  },
  ipiSend: { part: 'interrupt', doc: 'write of the local APIC command register' },
  idleExit: { part: 'interrupt', doc: 'wake-up of a halted core' },
} as const satisfies Record<string, StepSpec>;
/** Name of a primitive step. */
export type StepName = keyof typeof STEPS;

/** Whether a step exists where exactly these features are in force. */
export function isPresent(name: StepName, features: ReadonlySet<Feature>): boolean {
  const { needs = [] }: StepSpec = STEPS[name];
  return needs.every((feature) => features.has(feature));
}
