import { describe, expect, it } from 'vitest';
import { bootToy, processOf, work, type ToySystem } from '../../test/model/toysystem.ts';
import type { Program, TaskSpec, Traffic, Wire } from './abi.ts';
import type { PreemptionName } from './sched/preemption.ts';
import { Progress, Softirq } from './softirq.ts';

/** The clock runs at 1 GHz: a cycle is a nanosecond. */
const MS = 1e6;
const TIMES = { budget: 2 * MS, pass: 2 * MS };

/** Messages that a pass takes from a ring that never runs empty, each in `cycles`, and the polls it makes. */
function flooded(cycles: number, isWanted = false): { messages: number; polls: number; squeezes: number } {
  const softirq = new Softirq(TIMES);
  let [now, messages, polls, progress] = [0, 0, 0, Progress.Goes as Progress];
  softirq.begin(now);
  while (progress === Progress.Goes) {
    if (softirq.beginsPoll) {
      softirq.beginPoll(now);
      polls++;
    }
    now += cycles;
    messages++;
    progress = softirq.advance(true, now, isWanted);
  }
  expect(progress).toBe(Progress.Over);
  return { messages, polls, squeezes: softirq.squeezes };
}

describe('a pass of receive work', () => {
  it('takes 320 messages a poll, the first multiple of the weight 64 above the budget of 300, and polls 10 times', () => {
    expect(flooded(1)).toEqual({ messages: 10 * 320, polls: 10, squeezes: 10 });
  });

  it('ends after 2 ms, looked at every 64 messages: 10 us a message make one poll of 256', () => {
    expect(flooded(10_000)).toEqual({ messages: 256, polls: 1, squeezes: 1 });
  });

  it('ends after one poll when another thread wants the core', () => {
    expect(flooded(1, true)).toEqual({ messages: 320, polls: 1, squeezes: 1 });
  });

  it('is done when the ring is empty, and goes on when an interrupt has raised more in the meantime', () => {
    const softirq = new Softirq(TIMES);
    softirq.begin(0);
    softirq.beginPoll(0);
    softirq.isRaised = true;

    expect(softirq.advance(false, 1, false)).toBe(Progress.Goes);
    softirq.beginPoll(1);
    expect(softirq.advance(false, 2, false)).toBe(Progress.Done);
  });
});

/** Clients that send one byte every `gap` cycles on connection 0, from 1 ms to `until`. */
class Flood implements Traffic {
  readonly connections = 1;
  sent = 0;
  readonly #gap: number;
  readonly #until: number;
  #wire: Wire | undefined = undefined;

  constructor(gap: number, until: number) {
    this.#gap = gap;
    this.#until = until;
  }

  start(wire: Wire): void {
    this.#wire = wire;
    wire.callAt(MS, 0);
  }
  onTimer(_arg: number, now: number): void {
    this.#wire!.send(now, 0, 1);
    this.sent++;
    if (now + this.#gap < this.#until) this.#wire!.callAt(now + this.#gap, 0);
  }
  onReply(): void {}
}

const compute: Program = function* (env) {
  for (;;) yield* work(env, 'native', 1000);
};

/** What may be said of the thread and the kernel. */
interface How {
  readonly sched?: Partial<TaskSpec>;
  readonly preemption?: PreemptionName;
}

/** One core that computes, and messages for it until `until`. */
function loaded(
  gap: number,
  until: number,
  how: How = {},
): ToySystem & { traffic: Flood; runtime: (name: string) => number } {
  const traffic = new Flood(gap, until);
  const files = [{ kind: 'socket', connection: 0, nonblocking: true }] as const;
  const spec = processOf([compute], { files });
  const threads = spec.threads.map((thread) => Object.assign({}, thread, { sched: how.sched ?? {} }));
  const system = bootToy([{ ...spec, threads }], { traffic, preemption: how.preemption ?? 'none' });
  const runtime = (name: string): number =>
    system.kernel.scheduler.times.threads.find((thread) => thread.name === name)?.runtime ?? 0;
  return { ...system, traffic, runtime };
}
const messagesOf = ({ value }: ToySystem): readonly [number, number] => [
  value('kernel.softirq.messages.interrupted'),
  value('kernel.softirq.messages.ksoftirqd'),
];

describe('ksoftirqd', () => {
  it('never runs while messages come every 100 us: each is taken on the way out of its interrupt', () => {
    const system = loaded(100_000, 20 * MS);
    system.engine.runUntil(25 * MS);

    expect(system.value('kernel.softirq.ksoftirqdWakes')).toBe(0);
    expect(messagesOf(system)).toEqual([system.traffic.sent, 0]);
    expect(system.traffic.sent).toBe(190);
    expect(system.kernel.scheduler.times.threads).toHaveLength(1);
  });

  it('takes what a core cannot serve and leaves half of it to a thread that computes, which would else get nothing', () => {
    const end = 101 * MS;
    const system = loaded(10_000, end);
    system.engine.runUntil(end);
    const [interrupted, daemon] = messagesOf(system);
    const cycles = system.value('kernel.softirq.cycles.interrupted') + system.value('kernel.softirq.cycles.ksoftirqd');

    // All messages together would take more than the whole core.
    expect((cycles / (interrupted + daemon)) * system.traffic.sent).toBeGreaterThan(end);
    expect(daemon).toBeGreaterThan(10 * interrupted);
    expect(system.runtime('thread0') / end).toBeGreaterThan(0.45);
    expect(system.runtime('ksoftirqd/0') / end).toBeGreaterThan(0.45);
    expect(system.value('kernel.softirq.squeezes')).toBeGreaterThan(0);
  });

  it('loses no message of a flood and sleeps when it is over', () => {
    const system = loaded(10_000, 21 * MS);
    system.engine.runUntil(21 * MS);
    const { nic } = system.machine;
    const early = messagesOf(system);
    expect(nic.waiting).toBeGreaterThan(1000);
    expect(nic.received).toBe(early[0] + early[1] + nic.waiting);

    system.engine.runUntil(200 * MS);
    const [interrupted, daemon] = messagesOf(system);
    expect(interrupted + daemon).toBe(system.traffic.sent);
    expect(nic.waiting).toBe(0);
    const thread = system.kernel.scheduler.times.threads.find(({ name }) => name === 'ksoftirqd/0');
    expect(thread?.state).toBe('sleeping');
  });

  it('is interrupted between two messages: ticks of 1 ms are late by less than two messages under a flood', () => {
    const system = loaded(10_000, 31 * MS);
    let latest = 0;
    const { host } = system.kernel;
    const tick = host.tick.bind(host);
    host.tick = (core) => {
      latest = Math.max(latest, core.now % MS);
      tick(core);
    };
    system.engine.runUntil(30 * MS);

    expect(latest).toBeGreaterThan(0);
    expect(latest).toBeLessThan((2 * system.value('kernel.softirq.cycles.ksoftirqd')) / messagesOf(system)[1]);
  });
});

describe('under realtime', () => {
  const urgent = { policy: 'fifo', priority: 90 } as const;

  it('each message is the work of a FIFO thread of its core, at once before fair threads', () => {
    const system = loaded(100_000, 20 * MS, { preemption: 'realtime' });
    system.engine.runUntil(25 * MS);
    const thread = system.kernel.scheduler.times.threads.find(({ name }) => name === 'irq/nic-0')!;

    expect(messagesOf(system)).toEqual([0, system.traffic.sent]);
    expect([thread.policy, thread.priority, thread.state]).toEqual(['fifo', 50, 'sleeping']);
    expect(system.value('kernel.softirq.ksoftirqdWakes')).toBeGreaterThan(0.9 * system.traffic.sent);
  });

  it('a flood takes no time of a more urgent thread but its interrupts, which takes a twentieth under full at the least', () => {
    const end = 60 * MS;
    const shares = (['full', 'realtime'] as const).map((preemption) => {
      const system = loaded(10_000, end, { preemption, sched: urgent });
      system.engine.runUntil(end);
      return (
        (system.value('kernel.softirq.cycles.interrupted') + system.value('kernel.softirq.cycles.ksoftirqd')) / end
      );
    });

    expect(shares[0]).toBeGreaterThan(0.05);
    expect(shares[1]).toBe(0);
  });
});
