import type { Effectuate } from './operation.ts';
import * as entry from './ops/entry.ts';
import * as flow from './ops/flow.ts';
import * as interrupts from './ops/interrupt.ts';
import * as life from './ops/life.ts';
import * as mapping from './ops/mapping.ts';
import * as service from './ops/service.ts';
import * as signals from './ops/signal.ts';
import * as trace from './ops/trace.ts';
import * as trust from './ops/trust.ts';
import * as write from './ops/write.ts';

/** What an operand is, for reading and printing programs. `offset` follows a `page` and makes one address with it. */
export type Operand =
  | 'page'
  | 'address'
  | 'transfer'
  | 'returnOffset'
  | 'flag'
  | 'bit'
  | 'content'
  | 'stored'
  | 'thread'
  | 'capability'
  | 'capabilities'
  | 'argument'
  | 'entry'
  | 'service'
  | 'pin'
  | 'dma'
  | 'level'
  | 'frame'
  | 'file';

/** An operation: who performs it, what it takes, what it does, and the sentence a reader gets. */
export interface OperationSpec {
  /** Performed as code by the thread itself (so fetched first), or to it by kernel, device or nobody. */
  readonly by: 'code' | 'kernel' | 'device';
  readonly operands: readonly Operand[];
  /** How many operands may be left out, from the end. */
  readonly optional: number;
  /** Whether it can change mappings, frames' owners, pins or trust, and so I3 and I4. */
  readonly maps: boolean;
  readonly run: Effectuate;
  readonly does: string;
}

type Options = Partial<Pick<OperationSpec, 'by' | 'optional' | 'maps'>>;

function operation(
  does: string,
  run: Effectuate,
  operands: readonly Operand[] = [],
  options: Options = {},
): OperationSpec {
  return { by: 'code', optional: 0, maps: false, ...options, does, run, operands };
}

const MAPS = { maps: true } as const;
const KERNEL = { by: 'kernel' } as const;

/** Every operation a program can contain. */
export const OPERATIONS = {
  step: operation('run one instruction', flow.step),
  jump: operation('jump', flow.jump, ['address', 'transfer'], { optional: 1 }),
  call: operation('call', flow.call, ['address', 'transfer', 'returnOffset'], { optional: 2 }),
  ret: operation('return', flow.ret),
  skm: operation('syskernelmode(flag)', entry.skm, ['flag']),
  skj: operation('syskerneljump(address)', entry.skj, ['address', 'argument'], { optional: 1 }),
  skjCheck: operation('syskerneljump, its checks only', entry.skjCheck, ['address', 'argument'], { optional: 1 }),
  skjGo: operation('syskerneljump, the entry that was checked', entry.skjGo),
  kret: operation('leave the entry by the kernel-held frame', entry.kret),
  downcall: operation('call native code, the kernel keeps the way back', entry.downcall, ['address']),
  upret: operation('return from native code into kernel mode', entry.upret),
  smash: operation('overwrite the return slot of a thread', flow.smash, ['thread', 'address']),
  rseqAbort: operation('restartable sequence aborts to an address', trace.rseqAbort, ['address'], KERNEL),
  mprotect: operation('change rights of a page', mapping.mprotect, ['page', 'bit', 'bit'], { optional: 1, maps: true }),
  mmapAlias: operation('map a shared page a second time, writable', mapping.mmapAlias, ['page', 'page'], MAPS),
  mmapFixed: operation('map fresh private memory over a page', mapping.mmapFixed, ['page', 'content'], MAPS),
  munmap: operation('unmap a page', mapping.munmap, ['page'], MAPS),
  mremap: operation('move a mapping', mapping.mremap, ['page', 'page'], MAPS),
  remapFile: operation('put another file page under a mapping', mapping.remapFile, ['page'], MAPS),
  madv: operation('drop the content of a page', mapping.madv, ['page'], MAPS),
  uffd: operation('fill a dropped page with native code', mapping.uffd, ['page'], MAPS),
  store: operation('store to a page', write.store, ['page', 'stored'], MAPS),
  procmem: operation('write a page through /proc/self/mem', write.procmem, ['page'], MAPS),
  pvmw: operation('write a page by process_vm_writev', write.pvmw, ['page'], MAPS),
  filewrite: operation('write the file behind a page', write.filewrite, ['page'], MAPS),
  pin: operation('let a device pin a page', write.pin, ['page', 'dma'], { optional: 1, maps: true }),
  asyncWrite: operation('the device writes a pinned frame', write.asyncWrite, ['pin'], { by: 'device', maps: true }),
  poke: operation("write another process's page as debugger", trace.poke, ['thread', 'page'], MAPS),
  setregs: operation("set another process's registers as debugger", trace.setregs, ['thread', 'address', 'level'], {
    optional: 1,
  }),
  publish: operation('set KERNELTRUST on a page', trust.publish, ['page'], MAPS),
  unpublish: operation('clear KERNELTRUST of a page', trust.unpublish, ['page'], MAPS),
  etwrite: operation('write the table of declared entries', trust.etwrite, ['entry']),
  thp: operation('collapse two pages into a huge page', trust.thp, ['page', 'page'], MAPS),
  dlopenDecl: operation('load a library that declares itself trusted', trust.dlopenDecl, [], MAPS),
  fork: operation('fork', life.fork, [], MAPS),
  clonevm: operation('new process sharing the memory, with these capabilities', life.clonevm, ['capabilities']),
  newthread: operation('new thread', life.newthread),
  exec: operation('execute a file', life.exec, ['file'], MAPS),
  ambient: operation('raise a capability to ambient', life.ambient, ['capability']),
  capdrop: operation('give up a capability', life.capdrop, ['capability']),
  signal: operation('a signal arrives', signals.signal, [], KERNEL),
  sigreturn: operation('return from a signal', signals.sigreturn, ['frame'], { optional: 1 }),
  nullFault: operation('an implicit null check faults', signals.nullFault),
  irq: operation('an interrupt arrives', interrupts.irq, [], KERNEL),
  smashIrq: operation('overwrite the interrupt frame of a thread', interrupts.smashIrq, ['thread', 'address']),
  iret: operation('the interrupt ends', interrupts.iret, [], KERNEL),
  tick: operation('the timer ticks', interrupts.tick, [], KERNEL),
  setRsp: operation('load a bad stack pointer', service.setRsp),
  setDF: operation('set the direction flag', service.setDF),
  setArg: operation('set the argument register', service.setArg, ['argument']),
  flipArg: operation("change a thread's argument", service.flipArg, ['thread']),
  directCall: operation('call a kernel service directly', service.directCall, ['service'], { optional: 1 }),
  useArg: operation('follow the argument', service.useArg),
  kmem: operation('write kernel memory', service.kmem),
  cli: operation('disable interrupts', service.cli),
  sysInsn: operation('the SYSCALL instruction', service.sysInsn),
  exit: operation('end the thread', life.exit),
  corruptHeap: operation('corrupt a managed object', service.corruptHeap),
  useHeap: operation('use that object', service.useHeap),
  regCb: operation('register user code as kernel callback', service.regCb),
  fireCb: operation('the kernel calls that callback', service.fireCb, [], KERNEL),
  switch: operation('the core switches to another thread', service.switchAway, [], KERNEL),
  baseSyscall: operation('a system call of an unprivileged process', service.baseSyscall),
  irqFpu: operation('an interrupt that uses vector registers', interrupts.irqFpu, [], KERNEL),
  redzone: operation('an interrupt while the red zone is in use', interrupts.redzone, [], KERNEL),
  sigkill: operation('SIGKILL', interrupts.sigkill, [], KERNEL),
} as const satisfies Record<string, OperationSpec>;

/** Name of an operation. */
export type OperationName = keyof typeof OPERATIONS;
/** Names by operation code. */
export const OPERATION_NAMES = Object.keys(OPERATIONS) as OperationName[];
/** Meanings by operation code. */
export const SPECS: readonly OperationSpec[] = OPERATION_NAMES.map((name) => OPERATIONS[name]);
/** Operation codes by name. */
export const OPERATION_CODES = Object.fromEntries(OPERATION_NAMES.map((name, code) => [name, code])) as Record<
  OperationName,
  number
>;
