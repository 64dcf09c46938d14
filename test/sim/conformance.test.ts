import { describe, expect, it } from 'vitest';
import { loadSimjs } from '../../src/experiment/node/simjs.ts';
import { run } from '../../src/experiment/run.ts';
import { Rank, type Engine } from '../../src/sim/engine.ts';
import { NativeEngine } from '../../src/sim/nativeengine.ts';
import { openStream } from '../../src/sim/rng.ts';
import { SimjsEngine } from '../../src/sim/simjsengine.ts';
import type { HandlerId } from '../../src/sim/units.ts';

const simjs = loadSimjs();
const makers: Readonly<Record<string, () => Engine>> = {
  native: () => new NativeEngine(),
  simjs: () => new SimjsEngine(simjs),
};
type Trace = (readonly [time: number, id: number])[];

/** A model as a function of an event's id and a stream: when the event comes next, or undefined to end it. */
interface Model {
  readonly pending: number;
  readonly events: number;
  next(id: number, draw: (bound: number) => number): number;
  /** Share of deliveries, in percent, after which a random id's pending event is cancelled and scheduled anew. */
  readonly cancels?: number;
}

const models: Readonly<Record<string, Model>> = {
  hold: { pending: 100, events: 5000, next: (_id, draw) => 1 + draw(1000) },
  ties: { pending: 50, events: 5000, next: (_id, draw) => draw(4) },
  cancel: { pending: 80, events: 5000, next: (_id, draw) => 1 + draw(500), cancels: 30 },
  bimodal: { pending: 100, events: 5000, next: (_id, draw) => (draw(10) === 0 ? draw(1_000_000) : draw(100)) },
};

/** Events of stock simjs: its own `Sim`, heap and loop, with requests of ours. */
function onStock(model: Model): Trace {
  const sim = new simjs.Sim() as unknown as {
    simTime: number;
    queue: { insert(event: object): void };
    simulate(end: number): void;
  };
  const pending: { deliverAt: number; cancelled: boolean; order: number; deliver(): void }[] = [];
  let order = 0;
  const add = (id: number, time: number): void => {
    const deliver = (): void => program.deliver(id, time);
    sim.queue.insert((pending[id] = { deliverAt: time, cancelled: false, order: order++, deliver }));
  };
  const program = runModel(model, add, (id) => {
    pending[id].cancelled = true;
  });
  sim.simulate(Number.MAX_SAFE_INTEGER);
  return program.trace;
}

function onOurs(engine: Engine, model: Model): Trace {
  const handles: number[] = [];
  const handler: HandlerId = engine.register({
    name: 'model',
    onEvent: (_kind, id, now) => program.deliver(id, now),
  });
  const add = (id: number, time: number): void => {
    handles[id] = engine.schedule(time, Rank.Core, handler, 0, id);
  };
  const program = runModel(model, add, (id) => expect(engine.cancel(handles[id])).toBe(true));
  engine.runUntil(Infinity);
  return program.trace;
}

/** Starts a model on any engine: `add` schedules the event of an id, `cancel` cancels it; `deliver` is to be called with what comes out. */
function runModel(
  model: Model,
  add: (id: number, time: number) => void,
  cancel: (id: number) => void,
): { readonly trace: Trace; deliver(id: number, now: number): void } {
  const rng = openStream(1, 0, 'conformance');
  const draw = (bound: number): number => rng.below(bound);
  const trace: Trace = [];
  const deliver = (id: number, now: number): void => {
    trace.push([now, id]);
    if (trace.length + model.pending > model.events) return;
    add(id, now + model.next(id, draw));
    if (draw(100) >= (model.cancels ?? 0)) return;
    const victim = draw(model.pending);
    cancel(victim);
    add(victim, now + model.next(victim, draw));
  };
  for (let id = 0; id < model.pending; id++) add(id, draw(100));
  return { trace, deliver };
}

describe('engines', () => {
  for (const [name, model] of Object.entries(models)) {
    it(`deliver the ${model.events} events of the ${name} model in the order of stock simjs`, () => {
      const stock = onStock(model);

      expect(stock).toHaveLength(model.events);
      for (const make of Object.values(makers)) expect(onOurs(make(), model)).toEqual(stock);
    });
  }

  it('give equal fingerprints with 30 % cancellations and all four ranks', () => {
    const fingerprints = Object.values(makers).map((make) => {
      const engine = make();
      const rng = openStream(2, 0, 'cancel');
      const handles: number[] = [];
      const handler: HandlerId = engine.register({
        name: 'model',
        onEvent: (kind, id, now) => {
          if (engine.executed >= 4000) return;
          handles[id] = engine.schedule(now + rng.below(50), rng.below(4) as Rank, handler, kind, id);
          if (rng.below(10) < 3 && engine.cancel(handles[rng.below(handles.length)]))
            engine.schedule(now + 1, Rank.Core, handler, 1, id);
        },
      });
      for (let id = 0; id < 200; id++) handles[id] = engine.schedule(rng.below(20), Rank.Core, handler, 0, id);
      engine.runUntil(Infinity);
      return `${engine.executed} ${engine.fingerprint.hex()}`;
    });

    expect(fingerprints[1]).toBe(fingerprints[0]);
  });

  it('keep the event beyond the end of a phase, which stock simjs loses, and leave the clock at the end', () => {
    for (const make of Object.values(makers)) {
      const engine = make();
      const seen: number[] = [];
      const handler = engine.register({ name: 'log', onEvent: (_kind, _arg, now) => seen.push(now) });
      for (const time of [1, 5, 9]) engine.schedule(time, Rank.Core, handler, 0, 0);

      engine.runUntil(4);
      expect(engine.now).toBe(4);
      engine.runUntil(20);

      expect(seen).toEqual([1, 5, 9]);
      expect(engine.now).toBe(20);
    }
  });

  it('run the whole model to the same fingerprint and the same metrics', () => {
    const config = {
      machine: 'toy',
      cores: 2,
      kpti: true,
      mitigations: true,
      policy: 'bypage',
      workload: 'java-nio',
      params: {
        arrivals: 'closed',
        connections: 8,
        thinkUs: 50,
        ratePerSecond: 1000,
        loops: 0,
        syscallSite: 'managed',
        attack: '',
        keySkew: 0,
      },
      profile: {},
      warmupUs: 1000,
      measureUs: 4000,
      syncWindow: 1000,
      scheduler: 'eevdf' as const,
      preemption: 'none' as const,
      fidelity: 'exact' as const,
    };
    const [native, reference] = Object.values(makers).map((make) =>
      run({ config, seed: 7, replication: 0 }, { engine: make() }),
    );

    expect(native.events).toBeGreaterThan(100);
    expect(reference.fingerprint).toBe(native.fingerprint);
    expect(reference.metrics).toEqual(native.metrics);
  });
});
