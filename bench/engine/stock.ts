import { loadSimjs } from '../../src/experiment/node/simjs.ts';

/** The parts of stock simjs that its peers use. */
export interface StockSim {
  simTime: number;
  queue: { insert(event: object): void };
  simulate(end: number): void;
  addEntity(kind: unknown, name: string, ...args: unknown[]): unknown;
}

/** A running timer of simjs; `done` calls back with the entity as `this`. */
export interface Timer {
  done(callback: () => void): Timer;
  cancel(): void;
}

/** simjs's base class of what acts in a model. */
export type EntityClass = new () => { setTimer(delay: number): Timer };

/** A fresh stock simulation and the class of its entities. */
export function makeStock(): { sim: StockSim; Entity: EntityClass } {
  const simjs = loadSimjs();
  return { sim: new simjs.Sim() as unknown as StockSim, Entity: simjs['Entity'] as EntityClass };
}

/** An event of ours for simjs's own heap, in the shape that it expects. */
export class StockEvent {
  readonly id: number;
  deliverAt: number;
  cancelled = false;
  order = 0;
  private readonly fire: (event: StockEvent) => void;

  constructor(id: number, deliverAt: number, fire: (event: StockEvent) => void) {
    this.id = id;
    this.deliverAt = deliverAt;
    this.fire = fire;
  }

  deliver(): void {
    this.fire(this);
  }
}
