import { loadSimjs } from '../../src/experiment/node/simjs.ts';

/** The parts of stock simjs that its peers use. */
export interface StockSim {
  simTime: number;
  queue: { insert(event: object): void };
  simulate(end: number): void;
  addEntity(kind: unknown, name: string, ...args: unknown[]): unknown;
}

/** A running timer or use of simjs; `done` calls back with the entity as `this`. */
export interface StockRequest {
  done(callback: () => void): StockRequest;
  cancel(): void;
}

/** simjs's base class of what acts in a model. */
export type EntityClass = new () => {
  time(): number;
  setTimer(delay: number): StockRequest;
  useFacility(facility: object, duration: number): StockRequest;
};

/** simjs's servers with a queue. */
interface FacilityClass {
  new (name: string, discipline: number, servers: number): object;
  readonly FCFS: number;
}

/** A fresh stock simulation, with the classes of its entities and servers. */
export function makeStock(): { sim: StockSim; Entity: EntityClass; Facility: FacilityClass } {
  const simjs = loadSimjs();
  return {
    sim: new simjs.Sim() as unknown as StockSim,
    Entity: simjs['Entity'] as EntityClass,
    Facility: simjs['Facility'] as FacilityClass,
  };
}

/** Runs until the model stops it. */
export function runStock(sim: StockSim): void {
  sim.simulate(Number.MAX_SAFE_INTEGER);
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
