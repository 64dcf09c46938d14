import { loadSimjs } from '../../src/experiment/node/simjs.ts';
import type { Engine } from '../../src/sim/engine.ts';
import { NativeEngine } from '../../src/sim/nativeengine.ts';
import { SimjsEngine } from '../../src/sim/simjsengine.ts';
import type { Runnable } from './counter.ts';
import { CancelHandler, HoldHandler } from './handlers.ts';
import { makeStock, runStock, StockEvent, type StockRequest } from './stock.ts';
import type { Ticket } from './workload.ts';

/** A hold model on one implementation: `run` delivers until the ticket stops it. */
export interface Hold extends Runnable {
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
  'simjs-objects-reused': onReusedObjects,
};

function onEngine(engine: Engine, n: number, ticket: Ticket): Hold {
  const Handler = ticket.variant === 'cancel' ? CancelHandler : HoldHandler;
  const handler = new Handler(engine, ticket, n);
  for (let id = 0; id < n; id++) handler.add(id, 0);
  return { run: () => engine.runUntil(Infinity) };
}

/** Events as objects of ours in simjs's own heap and loop, a new one for each insertion, as simjs itself makes a Request for each timer. */
function onObjects(n: number, ticket: Ticket): Hold {
  if (ticket.variant === 'cancel') return onCancelled(n, ticket, false);
  const { sim } = makeStock();
  const fire = ({ id }: StockEvent): void => {
    sim.queue.insert(new StockEvent(id, sim.simTime + ticket.increment(), fire));
    ticket.deliver(id);
  };
  for (let id = 0; id < n; id++) sim.queue.insert(new StockEvent(id, ticket.increment(), fire));
  return { run: () => runStock(sim) };
}

/** The same objects used again: pooled by hand, an event is inserted anew from its own delivery. */
function onReusedObjects(n: number, ticket: Ticket): Hold {
  if (ticket.variant === 'cancel') return onCancelled(n, ticket, true);
  const { sim } = makeStock();
  const fire = (event: StockEvent): void => {
    event.deliverAt = sim.simTime + ticket.increment();
    sim.queue.insert(event);
    ticket.deliver(event.id);
  };
  for (let id = 0; id < n; id++) sim.queue.insert(new StockEvent(id, ticket.increment(), fire));
  return { run: () => runStock(sim) };
}

/** With cancellations the pending event of each id must be known; a cancelled one stays in simjs's heap, so it is not used again. */
function onCancelled(n: number, ticket: Ticket, reuse: boolean): Hold {
  const { sim } = makeStock();
  const events: StockEvent[] = [];
  const add = (id: number): void => {
    sim.queue.insert((events[id] = new StockEvent(id, sim.simTime + ticket.increment(), fire)));
  };
  const again = (event: StockEvent): void => {
    event.deliverAt = sim.simTime + ticket.increment();
    sim.queue.insert(event);
  };
  const fire = (event: StockEvent): void => {
    if (reuse) again(event);
    else add(event.id);
    const victim = ticket.victim();
    if (victim >= 0) {
      events[victim].cancelled = true;
      add(victim);
    }
    ticket.deliver(event.id);
  };
  for (let id = 0; id < n; id++) add(id);
  return { run: () => runStock(sim) };
}

/** Events as timers of simjs entities: its documented way. */
function onEntities(n: number, ticket: Ticket): Hold {
  const { sim, Entity } = makeStock();
  const holders: Holder[] = [];
  class Holder extends Entity {
    timer: StockRequest | undefined = undefined;
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
      ticket.deliver(this.id);
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
