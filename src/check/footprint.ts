import type { Rules } from '../kernel/semantics/config.ts';
import type { Operation } from '../kernel/semantics/operation.ts';
import { OPERATION_NAMES, SPECS } from '../kernel/semantics/operations.ts';
import type { OperationName } from '../kernel/semantics/operations.ts';
import type { Capacity } from '../kernel/semantics/layout.ts';
import { MEMORY, SYSTEM, headOf, signalsOf, stacksOf, translationsOf } from './parts.ts';

/**
 * What an operation depends on besides the system part, after its thread has fetched it; and what it may change. `head`, `stacks`, `signals`
 * are the actor's, `core` the translations of its core; those of the thread acted upon begin with `victim`; `others`: heads and stacks of all threads. A thread
 * that is made was free, which the system part says, and so empty: what becomes of it depends on none of its parts.
 */
type Reach = 'memory' | 'core' | 'head' | 'stacks' | 'signals' | 'victimHead' | 'victimStacks' | 'others';

/** Parts of a state, as bits, that an operation depends on; and those that it overwrites without reading them. */
export interface Footprint {
  readonly reads: number;
  readonly overwrites: number;
}

type ReachOf = readonly Reach[] | ((rules: Rules) => readonly Reach[]);

const HEAD = ['head'] as const;
const MAPS = ['memory'] as const;
const MOVES = ['memory', 'core', 'head'] as const;
const STACKS = [...MOVES, 'stacks'] as const;
const SIGNALS = [...MOVES, 'signals'] as const;
const PEER_HEAD = ['victimHead'] as const;
const SELF = [...MOVES, 'stacks', 'signals'] as const;

/** Entries and exits touch the kernel-held frames, which exist under KFRAME only. */
function gate({ mechanisms }: Rules): readonly Reach[] {
  return mechanisms.KFRAME ? STACKS : MOVES;
}

/** SHOOT looks for threads that still use the page. */
function withdrawal({ mechanisms }: Rules): readonly Reach[] {
  return mechanisms.SHOOT ? ['memory', 'others'] : MOVES;
}

/** By operation; `test/semantics/footprint.test.ts` compares it with what the operations read and write. */
const REACH: Readonly<Record<OperationName, ReachOf>> = {
  step: HEAD,
  jump: MOVES,
  call: STACKS,
  ret: STACKS,
  skm: gate,
  skj: gate,
  skjCheck: gate,
  skjGo: gate,
  kret: gate,
  downcall: gate,
  upret: gate,
  smash: ['head', 'victimStacks'],
  rseqAbort: MOVES,
  mprotect: MAPS,
  mmapAlias: MAPS,
  mmapFixed: MAPS,
  munmap: MAPS,
  mremap: MAPS,
  remapFile: MAPS,
  madv: MAPS,
  uffd: MAPS,
  store: MOVES,
  procmem: MAPS,
  pvmw: MAPS,
  filewrite: MAPS,
  pin: MAPS,
  asyncWrite: MAPS,
  poke: MAPS,
  setregs: ['memory', 'victimHead'],
  publish: MOVES,
  unpublish: withdrawal,
  etwrite: MAPS,
  thp: MAPS,
  dlopenDecl: MAPS,
  fork: SELF,
  clonevm: MOVES,
  newthread: MOVES,
  exec: MAPS,
  ambient: HEAD,
  capdrop: HEAD,
  signal: SIGNALS,
  sigreturn: SIGNALS,
  nullFault: SIGNALS,
  irq: HEAD,
  smashIrq: PEER_HEAD,
  iret: MOVES,
  tick: HEAD,
  setRsp: HEAD,
  setDF: HEAD,
  setArg: HEAD,
  flipArg: PEER_HEAD,
  directCall: HEAD,
  useArg: HEAD,
  kmem: HEAD,
  cli: HEAD,
  sysInsn: HEAD,
  exit: HEAD,
  corruptHeap: MOVES,
  useHeap: MOVES,
  regCb: HEAD,
  fireCb: HEAD,
  switch: HEAD,
  baseSyscall: HEAD,
  irqFpu: HEAD,
  redzone: HEAD,
  sigkill: HEAD,
};
/** A new program replaces all of the actor, whatever it was; siblings die, which empties them. */
const REPLACES_ACTOR: ReadonlySet<string> = new Set<OperationName>(['exec']);

/** Whether operations of this code name the thread that they act upon. */
function hasVictim({ code }: Operation): boolean {
  return SPECS[code].operands[0] === 'thread';
}

/** What the bits of a reach depend on: the acting thread, the thread acted upon, how many of each noun there are. */
type BitsOf = (actor: number, victim: number, capacity: Capacity) => number;

const BITS: Readonly<Record<Reach, BitsOf>> = {
  memory: () => 1 << MEMORY,
  core: (actor, _, capacity) => translationsFor(actor, capacity),
  head: (actor) => 1 << headOf(actor),
  stacks: (actor) => 1 << stacksOf(actor),
  signals: (actor) => 1 << signalsOf(actor),
  victimHead: (_, victim) => 1 << headOf(victim),
  victimStacks: (_, victim) => 1 << stacksOf(victim),
  others: (_actor, _victim, { threads }) => {
    let mask = 0;
    for (let t = 0; t < threads; t++) mask |= (1 << headOf(t)) | (1 << stacksOf(t));
    return mask;
  },
};

/** Translations of all cores, as bits. */
export function allTranslations({ threads, cores }: Capacity): number {
  return cores === 1 ? 0 : ((1 << cores) - 1) << translationsOf(0, threads);
}

/** Translations that a thread fetches by, as bits: those of its core, which is open for threads that are made later. */
function translationsFor(t: number, capacity: Capacity): number {
  if (t > 0 && capacity.processes > 1) return allTranslations(capacity);
  return allTranslations(capacity) & (1 << translationsOf(t % capacity.cores, capacity.threads));
}

/** Parts, as bits, that the fetch of a thread depends on. */
export function partsOfFetch(t: number, capacity: Capacity): number {
  return (1 << SYSTEM) | (1 << MEMORY) | (1 << headOf(t)) | translationsFor(t, capacity);
}

/** All parts of some threads, as bits; the threads as bits too. */
export function wholeThreads(threads: number): number {
  let mask = 0;
  for (let t = 0; threads >>> t !== 0; t++) {
    if ((threads & (1 << t)) !== 0) mask |= (1 << headOf(t)) | (1 << stacksOf(t)) | (1 << signalsOf(t));
  }
  return mask;
}

/**
 * What an operation of an alphabet depends on in states of a capacity. What happens to a running thread clears a mark of its head. Frames are
 * numbered by their first use, translations included; so what can change that depends on all cores.
 */
export function footprintOf(operation: Operation, rules: Rules, capacity: Capacity): Footprint {
  const { code, thread, a } = operation;
  const name = OPERATION_NAMES[code];
  const reach: ReachOf = REACH[name];
  const words = typeof reach === 'function' ? reach(rules) : reach;
  const victim = hasVictim(operation) ? a : thread;
  let reads = 1 << SYSTEM;
  for (const word of words) reads |= BITS[word](thread, victim, capacity);
  if (SPECS[code].by === 'kernel') reads |= 1 << headOf(thread);
  if (SPECS[code].maps) reads |= allTranslations(capacity);
  return { reads, overwrites: REPLACES_ACTOR.has(name) ? wholeThreads(1 << thread) : 0 };
}
