import { describe, expect, it } from 'vitest';
import { loadSimjs } from '../../src/experiment/node/simjs.ts';
import { exponential } from '../../src/sim/distributions.ts';
import { Rank, type Engine } from '../../src/sim/engine.ts';
import { StallError } from '../../src/sim/errors.ts';
import { NativeEngine } from '../../src/sim/nativeengine.ts';
import { openStream, type Rng } from '../../src/sim/rng.ts';
import { SimjsEngine, type SimjsSim } from '../../src/sim/simjsengine.ts';
import type { HandlerId } from '../../src/sim/units.ts';

/** The parts of simjs that these models use; it has no types of its own. */
interface Request {
  done(callback: () => void): Request;
  cancel(): void;
}
interface SimjsEntity {
  time(): number;
  setTimer(delay: number): Request;
  useFacility(facility: object, duration: number): Request;
}
interface Simulation extends SimjsSim {
  time(): number;
  addEntity(kind: unknown, name: string, ...args: unknown[]): unknown;
}

const simjs = loadSimjs();
const Entity = simjs['Entity'] as new (...args: unknown[]) => SimjsEntity;
const Facility = simjs['Facility'] as new (name: string, discipline: number, servers: number) => object;
/** simjs's number for first come, first served. */
const FCFS = 1;

const stock = (): Simulation => new simjs.Sim() as Simulation;
const ours = (): Simulation => new SimjsEngine(simjs).sim as Simulation;

/** Calls `act` once, as an entity of simjs. */
function withEntity(sim: Simulation, act: (entity: SimjsEntity) => void): void {
  class Actor extends Entity {
    start(): void {
      act(this);
    }
  }
  sim.addEntity(Actor, 'actor');
}

type Trace = (readonly [time: number, customer: number])[];
/** Draws of a closed M/M/c system: think time and service time, in this order. */
interface Draws {
  think(): number;
  serve(): number;
}

const CUSTOMERS = 20;
const SERVERS = 4;

function drawFrom(rng: Rng, round: (x: number) => number, unit: number): Draws {
  return { think: () => round(exponential(rng, 5 * unit)), serve: () => round(exponential(rng, unit)) };
}

/** Draws in whole cycles, a thousand million to the unit: no two departures coincide. */
function wholeDraws(): Draws {
  return drawFrom(openStream(4, 0, 'mmc'), Math.round, 1e9);
}

/** The closed M/M/c as simjs documents it: entities that think with timers and use a facility; logs the ends of service. */
function facilityTrace(sim: Simulation, draws: Draws, end: number): Trace {
  const trace: Trace = [];
  const facility = new Facility('servers', FCFS, SERVERS);
  class Customer extends Entity {
    id = 0;
    start(id: number): void {
      this.id = id;
      this.think();
    }
    think(): void {
      this.setTimer(draws.think()).done(() => this.queue());
    }
    queue(): void {
      this.useFacility(facility, draws.serve()).done(() => this.leave());
    }
    leave(): void {
      trace.push([this.time(), this.id]);
      this.think();
    }
  }
  for (let id = 0; id < CUSTOMERS; id++) sim.addEntity(Customer, `customer${id}`, id);
  sim.simulate(end);
  return trace;
}

/** The same system with events of our engine and a queue of our own. */
function handlerTrace(engine: Engine, draws: Draws, end: number): Trace {
  const trace: Trace = [];
  const waiting: (readonly [id: number, duration: number])[] = [];
  let free = SERVERS;
  const begin = (now: number): void => {
    const next = free > 0 ? waiting.shift() : undefined;
    if (next === undefined) return;
    free--;
    engine.schedule(now + next[1], Rank.Core, self, 1, next[0]);
  };
  const arrive = (id: number, now: number): void => {
    waiting.push([id, draws.serve()]);
    begin(now);
  };
  const leave = (id: number, now: number): void => {
    free++;
    begin(now);
    trace.push([now, id]);
    engine.schedule(now + draws.think(), Rank.Core, self, 0, id);
  };
  const self: HandlerId = engine.register({
    name: 'servers',
    onEvent: (kind, id, now) => (kind === 0 ? arrive(id, now) : leave(id, now)),
  });
  for (let id = 0; id < CUSTOMERS; id++) engine.schedule(draws.think(), Rank.Core, self, 0, id);
  engine.runUntil(end);
  return trace;
}

describe('the closed M/M/c system', () => {
  it('with times of 53 bits gives the same 3000 departures on stock simjs and on its Sim with our queue and loop', () => {
    const traces = [stock, ours].map((make) =>
      facilityTrace(
        make(),
        drawFrom(openStream(3, 0, 'mmc'), (x) => x, 1),
        1000,
      ),
    );

    expect(traces[0].length).toBeGreaterThan(3000);
    expect(traces[1]).toEqual(traces[0]);
  });

  it('in whole cycles gives the same departures from entities of stock simjs and from handlers of both engines', () => {
    const reference = facilityTrace(stock(), wholeDraws(), 1e12);

    expect(reference.length).toBeGreaterThan(3000);
    for (const engine of [new NativeEngine(), new SimjsEngine(simjs)])
      expect(handlerTrace(engine, wholeDraws(), 1e12)).toEqual(reference);
  });
});

describe("simjs's Sim on our engine", () => {
  it('keeps the request beyond the end and leaves the clock at the end; stock loses the one and forgets the other', () => {
    const seen: number[] = [];
    const sim = ours();
    withEntity(sim, (entity) => {
      for (const time of [1, 5, 9]) entity.setTimer(time).done(() => seen.push(time));
    });

    expect([sim.simulate(4), sim.time()]).toEqual([true, 4]);
    sim.simulate(20);

    expect(seen).toEqual([1, 5, 9]);
  });

  it('stops after 50 requests when told so, and steps one by one', () => {
    const sim = ours();
    let count = 0;
    withEntity(sim, (entity) => {
      for (let time = 1; time <= 100; time++) entity.setTimer(time).done(() => count++);
    });

    expect([sim.simulate(1000, 50), count, sim.time()]).toEqual([false, 50, 50]);
    expect([sim.step(), count, sim.time()]).toEqual([true, 51, 51]);
    expect([sim.simulate(1000, 0), count, sim.step()]).toEqual([true, 100, false]);
  });

  it('drops 10 000 timers that were cancelled, without moving the clock to them', () => {
    const engine = new SimjsEngine(simjs);
    const sim = engine.sim as Simulation;
    withEntity(sim, (entity) => {
      for (let i = 0; i < 10_000; i++) entity.setTimer(100 + i).cancel();
      entity.setTimer(20_000);
    });

    expect((sim.queue as { size: number }).size).toBeLessThan(1000);
    expect(engine.nextEventTime()).toBe(20_000);
  });

  it('refuses delays that are NaN, negative or infinite', () => {
    const sim = ours();
    withEntity(sim, (entity) => {
      for (const delay of [NaN, -1, Infinity])
        expect(() => entity.setTimer(delay)).toThrow(/simjs at 0: a request is due at/);
    });
  });

  it('delivers events of handlers and requests on one clock: at equal times the events, then the requests', () => {
    const engine = new SimjsEngine(simjs);
    const log: string[] = [];
    const self: HandlerId = engine.register({
      name: 'log',
      onEvent: (_kind, arg, now) => log.push(`event ${arg} at ${now}`),
    });
    withEntity(engine.sim as Simulation, (entity) => {
      for (const delay of [2, 2.5, 4]) {
        entity.setTimer(delay).done(() => {
          log.push(`request at ${entity.time()}`);
          if (delay === 2.5) engine.schedule(3, Rank.Core, self, 0, 9);
        });
      }
    });
    for (const time of [1, 2, 4]) engine.schedule(time, Rank.Phase, self, 0, time);

    engine.runUntil(4);

    expect(log).toEqual([
      'event 1 at 1',
      'event 2 at 2',
      'request at 2',
      'request at 2.5',
      'event 9 at 3',
      'event 4 at 4',
      'request at 4',
    ]);
    expect(() => engine.schedule(3, Rank.Core, self, 0, 0)).toThrow(/not|must/);
  });

  it('delivers a request that a handler makes for the time before the next event', () => {
    const engine = new SimjsEngine(simjs);
    const log: string[] = [];
    let actor: SimjsEntity | undefined;
    withEntity(engine.sim as Simulation, (entity) => {
      actor = entity;
    });
    const self: HandlerId = engine.register({
      name: 'log',
      onEvent: (_kind, _arg, now) => {
        log.push(`event at ${now}`);
        if (now === 1) actor!.setTimer(0.5).done(() => log.push(`request at ${engine.now}`));
      },
    });
    for (const time of [1, 2]) engine.schedule(time, Rank.Core, self, 0, 0);

    engine.runUntil(Infinity);

    expect(log).toEqual(['event at 1', 'request at 1.5', 'event at 2']);
  });

  it('has another fingerprint when a request comes at another time', () => {
    const hashes = [1.25, 1.5].map((delay) => {
      const engine = new SimjsEngine(simjs);
      withEntity(engine.sim as Simulation, (entity) => entity.setTimer(delay));
      engine.runUntil(2);
      return engine.fingerprint.hex();
    });
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  it('throws StallError when an entity sets timers of 0 forever', () => {
    const engine = new SimjsEngine(simjs, { stallLimit: 1000 });
    withEntity(engine.sim as Simulation, (entity) => {
      const again = (): void => void entity.setTimer(0).done(again);
      again();
    });
    expect(() => engine.runUntil(1)).toThrow(StallError);
  });
});
