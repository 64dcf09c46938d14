import { CALLS } from '../../kernel/abi.ts';
import { IDLE, type TraceEvent, type TraceKind, type TraceScene } from '../../kernel/tracingdoor.ts';

/** Groups of tracks: what each CPU runs, its interrupts and softirqs, what each thread calls. */
const Group = { CPUs: 1, Interrupts: 2, Threads: 3, Softirqs: 4 } as const;

/** The names of the groups, as the viewers want them. */
export const TRACK_NAMES: readonly string[] = Object.entries(Group).map(([name, pid]) =>
  JSON.stringify({ ph: 'M', name: 'process_name', pid, tid: 0, ts: 0, args: { name } }),
);

interface Mark {
  /** B begins a slice of its track, E ends the innermost one, i is an instant. */
  readonly ph: 'B' | 'E' | 'i';
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
}

const onCpu = (ph: Mark['ph'], name: string, { cpu }: TraceEvent): Mark => ({ ph, name, pid: Group.CPUs, tid: cpu });
const onThread = (ph: Mark['ph'], name: string, tid: number): Mark => ({ ph, name, pid: Group.Threads, tid });
const onInterrupt = (ph: Mark['ph'], name: string, { cpu }: TraceEvent): Mark => ({
  ph,
  name,
  pid: Group.Interrupts,
  tid: cpu,
});
const onSoftirq = (ph: Mark['ph'], { cpu }: TraceEvent): Mark => ({
  ph,
  name: 'NET_RX',
  pid: Group.Softirqs,
  tid: cpu,
});

/** What each event draws. */
const MARKS: Readonly<Record<TraceKind, (event: TraceEvent, scene: TraceScene) => readonly Mark[]>> = {
  switch: (event, scene) => [
    ...(event.tid === IDLE ? [] : [onCpu('E', scene.nameOf(event.tid), event)]),
    ...(event.arg === IDLE ? [] : [onCpu('B', scene.nameOf(event.arg), event)]),
  ],
  wakeup: ({ arg, more }) => [onThread('i', `woken for CPU ${more}`, arg)],
  migrate: ({ arg, more }) => [onThread('i', `moved to CPU ${more}`, arg)],
  irqEntry: (event) => [onInterrupt('B', 'interrupt', event)],
  softirqRaise: (event) => [onInterrupt('i', 'NET_RX', event)],
  softirqEntry: (event) => [onSoftirq('B', event)],
  softirqExit: (event) => [onSoftirq('E', event)],
  irqExit: (event) => [onInterrupt('E', 'interrupt', event)],
  sysEnter: ({ tid, arg }) => [onThread('B', CALLS[arg], tid)],
  sysExit: ({ tid, more }) => [onThread('E', CALLS[Number(more)], tid)],
  modeEnter: ({ tid }) => [onThread('i', 'enters kernel mode', tid)],
  modeLeave: ({ tid }) => [onThread('i', 'leaves kernel mode', tid)],
};

/** The lines of one event in the JSON array format of trace viewers (Perfetto, chrome://tracing), times in microseconds. */
export function perfettoLines(event: TraceEvent, scene: TraceScene): readonly string[] {
  const ts = scene.clock.ns(event.time) / 1000;
  return MARKS[event.kind](event, scene).map((mark) => JSON.stringify({ ...mark, ts }));
}
