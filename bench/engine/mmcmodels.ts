import { Rank, type Engine, type EventHandler } from '../../src/sim/engine.ts';
import { NativeEngine } from '../../src/sim/nativeengine.ts';
import type { Cycles, HandlerId } from '../../src/sim/units.ts';
import type { Runnable } from './counter.ts';
import type { Jobs, Shape } from './mmcload.ts';
import { makeStock, runStock } from './stock.ts';

/** Closed M/M/c on one implementation: `run` serves until the jobs stop it. */
export const MMC_MODELS: Readonly<Record<string, (shape: Shape, jobs: Jobs) => Runnable>> = {
  ringsim(shape, jobs) {
    const engine = new NativeEngine({ fingerprints: false }); // the peers have none
    new Servers(engine, shape, jobs).start();
    return { run: () => engine.runUntil(Infinity) };
  },
  'simjs-entity': onEntities,
};

const ARRIVE = 0;
const LEAVE = 1;

/** Clients and servers as a handler with its state in typed arrays. */
class Servers implements EventHandler {
  readonly name = 'servers';
  private readonly engine: Engine;
  private readonly jobs: Jobs;
  private readonly clients: number;
  private readonly self: HandlerId;
  private free: number;
  /** By client: when it arrived, and how long it will be served. */
  private readonly arrived: Float64Array;
  private readonly needs: Float64Array;
  /** Ring of waiting clients. */
  private readonly waiting: Int32Array;
  private head = 0;
  private length = 0;

  constructor(engine: Engine, { clients, servers }: Shape, jobs: Jobs) {
    this.engine = engine;
    this.jobs = jobs;
    this.clients = clients;
    this.free = servers;
    this.arrived = new Float64Array(clients);
    this.needs = new Float64Array(clients);
    this.waiting = new Int32Array(clients);
    this.self = engine.register(this);
  }

  start(): void {
    for (let client = 0; client < this.clients; client++)
      this.engine.schedule(this.jobs.think(), Rank.Core, this.self, ARRIVE, client);
  }

  /** hot */
  onEvent(kind: number, client: number, now: Cycles): void {
    if (kind === 0) this.arrive(client, now);
    else this.leave(client, now);
  }

  /** hot */
  private arrive(client: number, now: Cycles): void {
    this.arrived[client] = now;
    const need = this.jobs.service();
    if (this.free > 0) {
      this.free--;
      this.engine.schedule(now + need, Rank.Core, this.self, LEAVE, client);
      return;
    }
    this.needs[client] = need;
    const place = this.head + this.length++;
    this.waiting[place < this.clients ? place : place - this.clients] = client;
  }

  /** hot */
  private leave(client: number, now: Cycles): void {
    if (this.length === 0) this.free++;
    else {
      const next = this.waiting[this.head];
      this.head = this.head + 1 < this.clients ? this.head + 1 : 0;
      this.length--;
      this.engine.schedule(now + this.needs[next], Rank.Core, this.self, LEAVE, next);
    }
    this.engine.schedule(now + this.jobs.think(), Rank.Core, this.self, ARRIVE, client);
    this.jobs.serve(this.arrived[client], now);
  }
}

/** The model as simjs documents it: entities that think with timers and use a facility. */
function onEntities({ clients, servers }: Shape, jobs: Jobs): Runnable {
  const { sim, Entity, Facility } = makeStock();
  const facility = new Facility('servers', Facility.FCFS, servers);
  class Client extends Entity {
    arrived = 0;

    start(): void {
      this.think();
    }

    think(): void {
      this.setTimer(jobs.think()).done(() => this.arrive());
    }

    arrive(): void {
      this.arrived = this.time();
      this.useFacility(facility, jobs.service()).done(() => this.leave());
    }

    leave(): void {
      this.think();
      jobs.serve(this.arrived, this.time());
    }
  }
  for (let client = 0; client < clients; client++) sim.addEntity(Client, `client${client}`);
  return { run: () => runStock(sim) };
}
