import type { Setup } from '../kernel/semantics/setup.ts';
import type { Operation } from '../kernel/semantics/operation.ts';
import { OPERATION_CODES } from '../kernel/semantics/operations.ts';
import { readOperations } from './programtext.ts';

/** A choice of operations to explore: what it is for, what each thread may do, and what devices may do. */
export interface Alphabet {
  readonly about: string;
  readonly threads: number;
  /** Return slots that a thread may have; more is outside of the bounds. */
  readonly depth: number;
  /** Kernel-held frames likewise. */
  readonly frames: number;
  /** Processes beyond the first, made by fork and clone. */
  readonly processes: number;
  /** What differs from the usual start. */
  readonly setup?: Partial<Setup>;
  /** Steps as they are written, without the acting thread; `tX` stands for every thread. */
  readonly steps: readonly string[];
}

const GATES = [
  'skm 0',
  'skm 1',
  'skj A.E',
  'skj A.M',
  'skj B.E',
  'jump A.K',
  'jump A.M',
  'jump A.E',
  'jump B.E',
  'jump A.K local',
];
const CALLS = ['call C.E', 'call B.E', 'ret', 'kret', 'downcall B.E', 'upret', 'step'];
const PUBLISH = ['store W V', 'store W N', 'publish W', 'publish B', 'unpublish W', 'jump W.E', 'jump A.P'];
const ALIASES = ['mmapAlias Y W', 'store Y N', 'pin W', 'asyncWrite 0', 'procmem W'];
const MAPPINGS = ['munmap A', 'mmapFixed A N', 'mremap A Y', 'madv A', 'uffd A', 'mprotect A 1'];
const WRITES = ['procmem A', 'pvmw A', 'store A N', 'filewrite A', 'mmapAlias Y A', 'store Y N'];
const INTERRUPTS = ['irq', 'iret', 'smashIrq tX A.M', 'setRsp', 'tick', 'irqFpu', 'redzone', 'sigkill'];
const SIGNALS = [
  'signal',
  'sigreturn',
  'sigreturn {v=A o=M m=0}',
  'sigreturn {v=B o=E m=0}',
  'nullFault',
  'sigreturn {v=A o=X m=0 legit=1}',
];
const CAPABILITIES = [
  'capdrop K',
  'capdrop B',
  'ambient B',
  'exec {}',
  'exec {et=[B:E] declT=1}',
  'exec {fP=[B] fE=1}',
  'exec {root=1}',
];
const SERVICES = [
  'setArg kptr',
  'useArg',
  'setDF',
  'directCall',
  'sysInsn',
  'regCb',
  'fireCb',
  'corruptHeap',
  'useHeap',
  'jump A.U ijmp',
];
const OTHERS = ['etwrite A:M', 'thp A B', 'dlopenDecl', 'switch', 'exit'];
const SMASH = ['smash tX A.M', 'smash tX B.E', 'flipArg tX'];
const PEERS = ['fork', 'clonevm []', 'newthread', 'setregs tX A.M', 'poke tX A'];

const ALL: readonly string[] = [
  ...GATES,
  ...CALLS,
  ...PUBLISH,
  ...ALIASES,
  ...MAPPINGS,
  ...WRITES,
  ...INTERRUPTS,
  ...SIGNALS,
  ...CAPABILITIES,
  ...SERVICES,
  ...OTHERS,
];

/** One alphabet per family of threats, and three with all operations. */
export const ALPHABETS = {
  gates: {
    about: 'ways through the gates, one thread',
    threads: 1,
    depth: 2,
    frames: 4,
    processes: 0,
    steps: [...GATES, ...CALLS],
  },
  smash: {
    about: 'gates and return addresses, two threads',
    threads: 2,
    depth: 1,
    frames: 2,
    processes: 0,
    steps: [...GATES, ...CALLS, ...SMASH],
  },
  publish: {
    about: 'publishing, aliases, pins',
    threads: 1,
    depth: 1,
    frames: 2,
    processes: 0,
    steps: ['step', ...GATES, ...PUBLISH, ...ALIASES],
  },
  mappings: {
    about: 'mappings and bytes of a trusted page',
    threads: 1,
    depth: 1,
    frames: 2,
    processes: 0,
    steps: ['step', ...GATES, ...MAPPINGS, ...WRITES],
  },
  interrupts: {
    about: 'interrupts and the scheduler, two threads',
    threads: 2,
    depth: 1,
    frames: 2,
    processes: 0,
    steps: ['step', ...GATES, ...INTERRUPTS],
  },
  signals: {
    about: 'signals and faults',
    threads: 1,
    depth: 2,
    frames: 2,
    processes: 0,
    steps: [...GATES, ...CALLS, ...SIGNALS],
  },
  shootdown: {
    about: 'publishing on two cores',
    threads: 2,
    depth: 1,
    frames: 2,
    processes: 0,
    steps: ['skj A.E', 'jump A.K local', 'skm 1', ...PUBLISH, 'jump B.E', 'step'],
  },
  capabilities: {
    about: 'gaining and losing capabilities',
    threads: 1,
    depth: 1,
    frames: 2,
    processes: 0,
    steps: ['step', ...GATES, ...CAPABILITIES],
  },
  services: {
    about: 'services under a filter, arguments, data',
    setup: { filtered: true },
    threads: 2,
    depth: 1,
    frames: 2,
    processes: 0,
    steps: ['step', 'skj A.E', 'jump A.K local', 'skm 1', 'jump A.E', 'ret', ...SERVICES, 'flipArg tX'],
  },
  peers: {
    about: 'other processes and debuggers',
    threads: 1,
    depth: 1,
    frames: 2,
    processes: 1,
    steps: ['skj A.E', 'skm 1', 'jump A.E', 'jump A.K local', 'step', 'capdrop B', ...PEERS],
  },
  nested1: {
    about: 'all operations but signals, one thread, nested entries and downcalls',
    threads: 1,
    depth: 1,
    frames: 2,
    processes: 0,
    steps: ALL.filter((step) => !SIGNALS.includes(step)),
  },
  all1: {
    about: 'all operations, one thread, one entry deep',
    threads: 1,
    depth: 1,
    frames: 1,
    processes: 0,
    steps: ALL,
  },
  all2: {
    about: 'all operations, two threads',
    threads: 2,
    depth: 1,
    frames: 2,
    processes: 0,
    steps: [...ALL, ...SMASH],
  },
} as const satisfies Record<string, Alphabet>;

/** Name of an alphabet. */
export type AlphabetName = keyof typeof ALPHABETS;
/** Names of the alphabets, small ones first. */
export const ALPHABET_NAMES = Object.keys(ALPHABETS) as AlphabetName[];

/** The written steps of an alphabet for every acting thread and every thread acted upon; `split`: the gate in two phases. */
function written(alphabet: Alphabet, split: boolean, actors: number): string[] {
  const threads = Array.from({ length: actors }, (_, t) => t);
  const steps = new Set(
    alphabet.steps.flatMap((step) =>
      split && step.startsWith('skj ') ? [step.replace('skj', 'skjCheck'), 'skjGo'] : [step],
    ),
  );
  return threads.flatMap((t) =>
    [...steps].flatMap((step) =>
      step.includes('tX')
        ? threads.filter((other) => other !== t).map((other) => `${t}:${step.replace('tX', `t${other}`)}`)
        : [`${t}:${step}`],
    ),
  );
}

/**
 * The operations of an alphabet. Check and entry of syskerneljump are two steps when another thread can act between them; with one thread
 * they are one (an ample set: nothing else is enabled between them that could depend on them).
 */
export function operationsOf(alphabet: Alphabet): Operation[] {
  const actors = alphabet.threads + alphabet.processes;
  const operations = written(alphabet, actors > 1, actors).flatMap((step) => readOperations(step, 'L1'));
  const seen = new Set<string>();
  return operations.filter((operation) => {
    const key = JSON.stringify(operation);
    return seen.has(key) ? false : seen.add(key);
  });
}

const { jump, call, smash, smashIrq, setRsp, setDF, setArg, flipArg, kmem, cli, corruptHeap, etwrite, sigreturn } =
  OPERATION_CODES;
/** Operations that only adversarial code contains: S11 says that verified code, reached correctly, does none of them. */
export const NATIVE_ONLY: ReadonlySet<number> = new Set([
  smash,
  smashIrq,
  setRsp,
  setDF,
  setArg,
  flipArg,
  kmem,
  cli,
  corruptHeap,
  etwrite,
]);
/** Codes of operations that verified code makes only to true entries, inside a function, or out of verified code. */
export const TRANSFERS: ReadonlySet<number> = new Set([jump, call]);
/** Code of sigreturn, which verified code makes only with a frame of its own. */
export const SIGRETURN = sigreturn;
