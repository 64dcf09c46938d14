import type { TraceEvent, TraceKind, TraceScene } from '../../kernel/tracingdoor.ts';
import { numberOf } from './callnumber.ts';

/** Priority of nice 0 as `perf` prints it. */
const PRIORITY = 120;
const NS = 1e9;

type Line = (event: TraceEvent, scene: TraceScene) => string;

/** Each event as `perf script` prints it; changes of mode are events of ours. */
const LINES: Readonly<Record<TraceKind, Line>> = {
  switch: ({ tid, arg, more }, scene) =>
    `sched:sched_switch: ${side('prev', tid, scene)} prev_state=${more} ==> ${side('next', arg, scene)}`,
  wakeup: ({ arg, more }, scene) => `sched:sched_wakeup: ${task(arg, scene)} target_cpu=${cpu(Number(more))}`,
  migrate: ({ arg, more }, scene) => `sched:sched_migrate_task: ${task(arg, scene)} dest_cpu=${more}`,
  irqEntry: ({ arg }) => `irq_vectors:entry: vectors=${arg}`,
  softirqRaise: () => 'irq:softirq_raise: vec=3 [action=NET_RX]',
  softirqEntry: () => 'irq:softirq_entry: vec=3 [action=NET_RX]',
  softirqExit: () => 'irq:softirq_exit: vec=3 [action=NET_RX]',
  irqExit: ({ arg }) => `irq_vectors:exit: vectors=${arg}`,
  sysEnter: ({ arg }) => `raw_syscalls:sys_enter: NR ${numberOf(arg)} (0, 0, 0, 0, 0, 0)`,
  sysExit: ({ arg, more }) => `raw_syscalls:sys_exit: NR ${numberOf(Number(more))} = ${arg}`,
  modeEnter: () => 'kernelmode:enter: cpl=0',
  modeLeave: () => 'kernelmode:leave: cpl=3',
};

/** One line of `perf script` (thread, CPU, time in seconds, event). */
export function perfLine(event: TraceEvent, scene: TraceScene): string {
  const ns = Math.floor(scene.clock.ns(event.time));
  const seconds = Math.floor(ns / NS);
  const fraction = String(ns - seconds * NS).padStart(9, '0');
  return `${event.tid} [${cpu(event.cpu)}] ${seconds}.${fraction}: ${LINES[event.kind](event, scene)}`;
}

function cpu(id: number): string {
  return String(id).padStart(3, '0');
}

function side(which: string, tid: number, scene: TraceScene): string {
  return `${which}_comm=${scene.nameOf(tid)} ${which}_pid=${tid} ${which}_prio=${PRIORITY}`;
}

function task(tid: number, scene: TraceScene): string {
  return `comm=${scene.nameOf(tid)} pid=${tid} prio=${PRIORITY}`;
}
