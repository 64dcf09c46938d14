import type { Rules } from '../kernel/semantics/config.ts';
import type { Operation } from '../kernel/semantics/operation.ts';
import { OPERATION_NAMES, SPECS } from '../kernel/semantics/operations.ts';
import type { OperationName } from '../kernel/semantics/operations.ts';
import type { Capacity } from '../kernel/semantics/layout.ts';
import { MEMORY, SYSTEM, headOf, signalsOf, stacksOf, translationsOf } from './parts.ts';
import { VIEW_NAMES } from './views.ts';
import type { ViewName } from './views.ts';

/**
 * What an operation depends on besides the system part, after its thread has fetched it; and what it may change. `head`, `stacks`, `signals`
 * are the actor's, `core` the translations of its core; those of the thread acted upon begin with `victim`; `others`: heads and stacks of all threads;
 * `flow`, `level`, `publisher`: views (`ViewName`) of the memory and of the actor's head. A thread
 * that is made was free, which the system part says, and so empty: what becomes of it depends on none of its parts.
 */
type Reach = ViewName | 'memory' | 'core' | 'head' | 'stacks' | 'signals' | 'victimHead' | 'victimStacks' | 'others';

/** What an operation depends on and overwrites, as bits by part. */
export interface Footprint {
  /** Parts that it depends on wholly, and may change. */
  readonly reads: number;
  /** Parts that it overwrites without reading them. */
  readonly overwrites: number;
  /** Parts that it does not change and of which it depends on a view only. */
  readonly sees: Readonly<Record<ViewName, number>>;
}

type ReachOf = readonly Reach[] | ((rules: Rules) => readonly Reach[]);

const HEAD = ['head'] as const;
const MAPS = ['memory'] as const;
const MOVES = ['flow', 'core', 'head'] as const;
const PUBLISHES = ['memory', 'core', 'publisher'] as const;
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
  return mechanisms.SHOOT ? ['memory', 'others'] : PUBLISHES;
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
  store: ['memory', 'core', 'level'],
  procmem: MAPS,
  pvmw: MAPS,
  filewrite: MAPS,
  pin: MAPS,
  asyncWrite: MAPS,
  poke: MAPS,
  setregs: ['flow', 'victimHead'],
  publish: PUBLISHES,
  unpublish: withdrawal,
  etwrite: MAPS,
  thp: MAPS,
  dlopenDecl: MAPS,
  fork: ['memory', ...SELF],
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
  corruptHeap: ['memory', 'level'],
  useHeap: ['memory', 'level'],
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

function isView(word: Reach): word is ViewName {
  return (VIEW_NAMES as readonly string[]).includes(word);
}

/** Whether operations of this code name the thread that they act upon. */
function hasVictim({ code }: Operation): boolean {
  return SPECS[code].operands[0] === 'thread';
}

/** What the bits of a reach depend on: the acting thread, the thread acted upon, how many of each noun there are. */
type BitsOf = (actor: number, victim: number, capacity: Capacity) => number;

const BITS: Readonly<Record<Reach, BitsOf>> = {
  memory: () => 1 << MEMORY,
  flow: () => 1 << MEMORY,
  core: (actor, _, capacity) => translationsFor(actor, capacity),
  head: (actor) => 1 << headOf(actor),
  level: (actor) => 1 << headOf(actor),
  publisher: (actor) => 1 << headOf(actor),
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

/**
 * By thread: parts, as bits, that no other thread fetches by, when each has its own core. Steps of two threads that depend on and change no
 * others commute, whatever they see of the memory.
 */
export function ownParts(capacity: Capacity): readonly number[] {
  const own = Array.from({ length: capacity.threads }, (_, t) => wholeThreads(1 << t) | translationsFor(t, capacity));
  const isDisjoint = capacity.cores > 1 && capacity.processes === 1;
  return isDisjoint ? own : own.map(() => 0);
}

/** A footprint of parts that are seen only as far as nothing depends on them wholly. */
function footprint(reads: number, overwrites: number, sees: Readonly<Record<ViewName, number>>): Footprint {
  const seen = (name: ViewName): number => sees[name] & ~reads;
  return { reads, overwrites, sees: { flow: seen('flow'), level: seen('level'), publisher: seen('publisher') } };
}

/** What depends wholly on some parts, given as bits. */
export function wholly(parts: number): Footprint {
  return footprint(parts, 0, { flow: 0, level: 0, publisher: 0 });
}

/** The parts of which a footprint has a view only, and the views' names. */
export function seenParts({ sees }: Footprint): { part: number; name: ViewName }[] {
  const seen: { part: number; name: ViewName }[] = [];
  for (const name of VIEW_NAMES) {
    for (let rest = sees[name]; rest !== 0; rest &= rest - 1) seen.push({ part: 31 - Math.clz32(rest & -rest), name });
  }
  return seen;
}

/** What the fetch of a thread depends on. */
export function footprintOfFetch(t: number, capacity: Capacity): Footprint {
  const reads = (1 << SYSTEM) | (1 << headOf(t)) | translationsFor(t, capacity);
  return footprint(reads, 0, { flow: 1 << MEMORY, level: 0, publisher: 0 });
}

/** What depends on some more parts, as bits, wholly. */
export function withParts({ reads, overwrites, sees }: Footprint, parts: number): Footprint {
  return footprint(reads | parts, overwrites, sees);
}

/** Parts, as bits, that something depends on, wholly or in part. */
export function partsOf({ reads, sees }: Footprint): number {
  return VIEW_NAMES.reduce((parts, name) => parts | sees[name], reads);
}

/** Whether who knows what `outer` depends on knows what `inner` does. */
export function isWithin(inner: Footprint, outer: Footprint): boolean {
  const isSeen = (name: ViewName): boolean => (inner.sees[name] & ~(outer.reads | outer.sees[name])) === 0;
  return (inner.reads & ~outer.reads) === 0 && VIEW_NAMES.every(isSeen);
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
  const sees = { flow: 0, level: 0, publisher: 0 };
  for (const word of words) {
    const bits = BITS[word](thread, victim, capacity);
    if (isView(word)) sees[word] |= bits;
    else reads |= bits;
  }
  if (SPECS[code].by === 'kernel') reads |= 1 << headOf(thread);
  if (SPECS[code].maps) reads |= allTranslations(capacity);
  return footprint(reads, REPLACES_ACTOR.has(name) ? wholeThreads(1 << thread) : 0, sees);
}
