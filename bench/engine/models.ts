import { loadSimjs } from '../../src/experiment/node/simjs.ts';
import type { Engine } from '../../src/sim/engine.ts';
import { NativeEngine } from '../../src/sim/nativeengine.ts';
import { SimjsEngine } from '../../src/sim/simjsengine.ts';
import { CancelHandler, HoldHandler } from './handlers.ts';
import { makeStock, StockEvent, type StockSim, type Timer } from './stock.ts';
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
    const engine = new NativeEngine({ fingerprints: false }); // the peers have none
    return { ...onEngine(engine, n, ticket), bytesPerEvent: () => engine.bytes / n };
  },
  'ringsim-simjs': (n, ticket) => onEngine(new SimjsEngine(loadSimjs()), n, ticket),
  'simjs-entity': onEntities,
  'simjs-objects': onObjects,
};

function onEngine(engine: Engine, n: number, ticket: Ticket): Hold {
  const Handler = ticket.variant === 'cancel' ? CancelHandler : HoldHandler;
  const handler = new Handler(engine, ticket, n);
  for (let id = 0; id < n; id++) handler.add(id, 0);
  return { run: () => engine.runUntil(Infinity) };
}

/** Events as objects of ours in simjs's own heap and loop: the fastest way to use it. An event is used again unless it was cancelled. */
function onObjects(n: number, ticket: Ticket): Hold {
  const { sim } = makeStock();
  const events: StockEvent[] = [];
  const fire = (event: StockEvent): void => {
    event.deliverAt = sim.simTime + ticket.increment();
    sim.queue.insert(event);
    if (ticket.variant === 'cancel') replace(ticket.victim());
    ticket.count(event.id);
  };
  const replace = (victim: number): void => {
    if (victim < 0) return;
    events[victim].cancelled = true;
    events[victim] = new StockEvent(victim, sim.simTime + ticket.increment(), fire);
    sim.queue.insert(events[victim]);
  };
  for (let id = 0; id < n; id++) sim.queue.insert((events[id] = new StockEvent(id, ticket.increment(), fire)));
  return { run: () => runStock(sim) };
}

/** Events as timers of simjs entities: its documented way. */
function onEntities(n: number, ticket: Ticket): Hold {
  const { sim, Entity } = makeStock();
  const holders: Holder[] = [];
  class Holder extends Entity {
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
      if (ticket.variant === 'cancel') replace(ticket.victim());
      ticket.count(this.id);
    }
  }
  const replace = (victim: number): void => {
    if (victim < 0) return;
    holders[victim].timer!.cancel();
    holders[victim].arm();
  };
  for (let id = 0; id < n; id++) sim.addEntity(Holder, `holder${id}`, id);
  return { run: () => runStock(sim) };
}

function runStock(sim: StockSim): void {
  sim.simulate(Number.MAX_SAFE_INTEGER);
}
