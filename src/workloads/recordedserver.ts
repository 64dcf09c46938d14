import { SimulationBug } from '../sim/errors.ts';
import type { CallSite, RecordedModel, Role } from './recorded/model.ts';

/** Clock of the machine on which the servers were recorded, in cycles a nanosecond. Source: host facts, busy core. */
export const RECORDED_CYCLES_PER_NS = 3.68;
/**
 * Cycles an instruction of the recorded servers' user code, misses included. Assumed: the host has no performance counters;
 * 0.5 to 1.2 is usual for compiled server code on such a core.
 */
export const RECORDED_CPI = 0.7;

/** Reads what a recorded role does before and in each of its call sites. */
export class RecordedRole {
  readonly #role: Role;

  /** Role of a recorded server, by name. */
  constructor(model: RecordedModel, name: string) {
    const role = model.roles.find((candidate) => candidate.name === name);
    if (role === undefined)
      throw new SimulationBug(
        `recorded server ${model.name} has no role ${name}; it has ${model.roles.map((r) => r.name).join(', ')}`,
      );
    this.#role = role;
  }

  /** Instructions of user work before a call site, from its user time with the tracer's share removed. */
  instructionsBefore(site: string): number {
    return Math.round((this.#site(site).userNs * RECORDED_CYCLES_PER_NS) / RECORDED_CPI);
  }

  /** Bytes that the call moves: its mean result. */
  bytes(site: string): number {
    return Math.round(this.#site(site).result.mean);
  }

  /** Threads of the role when it was recorded. */
  get threads(): number {
    return this.#role.threads;
  }

  #site(id: string): CallSite {
    const site = this.#role.sites.find((candidate) => candidate.id === id);
    if (site === undefined)
      throw new SimulationBug(
        `role ${this.#role.name} has no call site ${id}; it has ${this.#role.sites.map((s) => s.id).join(', ')}`,
      );
    return site;
  }
}
