import { exponential } from '../../src/sim/distributions.ts';
import { openStream } from '../../src/sim/rng.ts';
import { Counter } from './counter.ts';

/** A closed M/M/c: K clients think, then queue first come, first served, for c servers. */
export interface Shape {
  readonly clients: number;
  readonly servers: number;
}

/** Shapes measured, by variant. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  'mmc-64-4': { clients: 64, servers: 4 },
  'mmc-4096-64': { clients: 4096, servers: 64 },
};

const TABLE = 65_536;
const MASK = TABLE - 1;
/** Mean service in picoseconds, 1 ms. The mean think time is K/c - 1 times it: clients without queueing would just keep the servers busy. */
const SERVICE = 1e9;

/** Times that every implementation shares, whole picoseconds, each list taken in turn. */
export interface Times {
  readonly thinks: Float64Array;
  readonly services: Float64Array;
}

/** Builds the tables of 65 536 exponential times. */
export function makeTimes({ clients, servers }: Shape): Times {
  const rng = openStream(2004, 0, `mmc.${clients}.${servers}`);
  const draw = (mean: number): Float64Array =>
    Float64Array.from({ length: TABLE }, () => Math.round(exponential(rng, mean)));
  return { thinks: draw(SERVICE * (clients / servers - 1)), services: draw(SERVICE) };
}

/** Cursor over the shared times that counts jobs served and sums their response times; one per process. */
export class Jobs extends Counter {
  now = 0;
  response = 0;
  private readonly thinks: Float64Array;
  private readonly services: Float64Array;
  private nextThink = 0;
  private nextService = 0;

  constructor(shape: Shape) {
    super();
    const { thinks, services } = makeTimes(shape);
    this.thinks = thinks;
    this.services = services;
  }

  /** Next think time. hot */
  think(): number {
    return this.thinks[this.nextThink++ & MASK];
  }

  /** Next service time. hot */
  service(): number {
    return this.services[this.nextService++ & MASK];
  }

  /** Counts a job that arrived and was served. hot */
  serve(arrived: number, now: number): void {
    this.now = now;
    this.response += now - arrived;
    this.count();
  }

  /** Time of the last departure and sum of all response times, in picoseconds. */
  get outcome(): string {
    return `${this.now}/${this.response}`;
  }
}
