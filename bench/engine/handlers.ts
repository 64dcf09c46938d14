import { Rank, type Engine, type EventHandle, type EventHandler } from '../../src/sim/engine.ts';
import type { Cycles, HandlerId } from '../../src/sim/units.ts';
import type { Ticket } from './workload.ts';

const CORE = Rank.Core;

/** The hold model: a delivered event schedules the next of its id. */
export class HoldHandler implements EventHandler {
  readonly name = 'hold';
  private readonly engine: Engine;
  private readonly ticket: Ticket;
  private readonly self: HandlerId;

  constructor(engine: Engine, ticket: Ticket, _n: number) {
    this.engine = engine;
    this.ticket = ticket;
    this.self = engine.register(this);
  }

  /** Schedules the event of an id. */
  add(id: number, now: Cycles): void {
    this.engine.schedule(now + this.ticket.increment(), CORE, this.self, 0, id);
  }

  /** hot */
  onEvent(_kind: number, id: number, now: Cycles): void {
    const ticket = this.ticket;
    this.engine.schedule(now + ticket.increment(), 1, this.self, 0, id); // Rank.Core
    ticket.deliver(id);
  }
}

/** The hold model that after a share of its events cancels another one, which it schedules anew. */
export class CancelHandler implements EventHandler {
  readonly name = 'hold';
  private readonly engine: Engine;
  private readonly ticket: Ticket;
  private readonly self: HandlerId;
  private readonly handles: EventHandle[] = [];

  constructor(engine: Engine, ticket: Ticket, n: number) {
    this.engine = engine;
    this.ticket = ticket;
    this.self = engine.register(this);
    for (let id = 0; id < n; id++) this.handles.push(0.5); // an array of doubles from the start
  }

  /** Schedules the event of an id and keeps its handle. hot */
  add(id: number, now: Cycles): void {
    this.handles[id] = this.engine.schedule(now + this.ticket.increment(), 1, this.self, 0, id); // Rank.Core
  }

  /** hot */
  onEvent(_kind: number, id: number, now: Cycles): void {
    this.add(id, now);
    const victim = this.ticket.victim();
    if (victim >= 0) this.replace(victim);
    this.ticket.deliver(id);
  }

  /** Reads the time anew: to hand it on would make onEvent too long to be inlined, and a time that is handed to it a boxed number. */
  private replace(victim: number): void {
    this.engine.cancel(this.handles[victim]);
    this.add(victim, this.engine.now);
  }
}
