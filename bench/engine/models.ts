import { loadSimjs } from '../../src/experiment/node/simjs.ts';
import { Rank, type Engine } from '../../src/sim/engine.ts';
import { NativeEngine } from '../../src/sim/nativeengine.ts';
import { SimjsEngine } from '../../src/sim/simjsengine.ts';
import type { HandlerId } from '../../src/sim/units.ts';
import type { Ticket } from './workload.ts';

/** A hold model on one implementation: `run` delivers until the ticket stops it. */
export interface Hold {
  run(): void;
  bytesPerEvent?(): number;
}

type Make = (n: number, ticket: Ticket) => Hold;

/** Implementations in TypeScript, by the names of the report. */
export const MODELS: Readonly<Record<string, Make>> = {
  ringsim: (n, ticket) => {
    const engine = new NativeEngine();
    return { ...onEngine(engine, n, ticket), bytesPerEvent: () => engine.bytes / n };
  },
  'ringsim-simjs': (n, ticket) => onEngine(new SimjsEngine(loadSimjs()), n, ticket),
  'simjs-entity': onEntities,
  'simjs-objects': onObjects,
};

function onEngine(engine: Engine, n: number, ticket: Ticket): Hold {
  const handles = new Float64Array(n);
  const handler: HandlerId = engine.register({
    name: 'hold',
    onEvent: (_kind, id, now) => {
      handles[id] = engine.schedule(now + ticket.increment(), Rank.Core, handler, 0, id);
      const victim = ticket.victim();
      if (victim >= 0) {
        engine.cancel(handles[victim]);
        handles[victim] = engine.schedule(now + ticket.increment(), Rank.Core, handler, 0, victim);
      }
      ticket.count(id);
    },
  });
  for (let id = 0; id < n; id++) handles[id] = engine.schedule(ticket.increment(), Rank.Core, handler, 0, id);
  return { run: () => engine.runUntil(Infinity) };
}

/** The parts of stock simjs that its peers use. */
interface Stock {
  simTime: number;
  queue: { insert(event: object): void };
  simulate(end: number): void;
  addEntity(kind: unknown, name: string, ...args: unknown[]): unknown;
}

function makeStock(): { sim: Stock; Entity: new (...args: unknown[]) => object } {
  const simjs = loadSimjs();
  return { sim: new simjs.Sim() as unknown as Stock, Entity: simjs['Entity'] as new (...args: unknown[]) => object };
}

/** Events as objects of ours in simjs's own heap and loop: the fastest way to use it. */
function onObjects(n: number, ticket: Ticket): Hold {
  const { sim } = makeStock();
  const pending: { cancelled: boolean }[] = [];
  let order = 0;
  const add = (id: number, deliverAt: number): void => {
    const event = { deliverAt, cancelled: false, order: order++, deliver: () => deliver(id) };
    pending[id] = event;
    sim.queue.insert(event);
  };
  const deliver = (id: number): void => {
    add(id, sim.simTime + ticket.increment());
    const victim = ticket.victim();
    if (victim >= 0) {
      pending[victim].cancelled = true;
      add(victim, sim.simTime + ticket.increment());
    }
    ticket.count(id);
  };
  for (let id = 0; id < n; id++) add(id, ticket.increment());
  return { run: () => sim.simulate(Number.MAX_SAFE_INTEGER) };
}

/** Events as timers of simjs entities: its documented way. */
function onEntities(n: number, ticket: Ticket): Hold {
  const { sim, Entity } = makeStock();
  interface Timer {
    done(callback: () => void): Timer;
    cancel(): void;
  }
  const holders: Holder[] = [];
  class Holder extends (Entity as new (...args: unknown[]) => { setTimer(delay: number): Timer }) {
    timer: Timer | undefined = undefined;
    id = 0;
    start(id: number): void {
      this.id = id;
      holders[id] = this;
      this.arm();
    }
    arm(): void {
      this.timer = this.setTimer(ticket.increment()).done(() => this.fire());
    }
    fire(): void {
      this.arm();
      const victim = ticket.victim();
      if (victim >= 0) {
        holders[victim].timer!.cancel();
        holders[victim].arm();
      }
      ticket.count(this.id);
    }
  }
  for (let id = 0; id < n; id++) sim.addEntity(Holder, `holder${id}`, id);
  return { run: () => sim.simulate(Number.MAX_SAFE_INTEGER) };
}
