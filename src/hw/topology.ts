/** How many cores there are, and how they are grouped. */
export interface TopologySpec {
  readonly cores: number;
  /** Hardware threads of each core; 1 without SMT. */
  readonly threadsPerCore: number;
  readonly coresPerSocket: number;
}

/**
 * Which logical CPUs share a core, and which cores a socket. Logical CPUs are numbered as Linux finds them in the tables of most x86 servers: first
 * one of every core, socket by socket, then the second of every core; the siblings of `k` among `n` cores are `k` and `k + n`.
 */
export class Topology {
  readonly cores: number;
  readonly threadsPerCore: number;
  /** Logical CPUs. */
  readonly cpus: number;
  readonly sockets: number;
  readonly #coresPerSocket: number;
  readonly #siblings: readonly (readonly number[])[];

  constructor({ cores, threadsPerCore, coresPerSocket }: TopologySpec) {
    this.cores = cores;
    this.threadsPerCore = threadsPerCore;
    this.cpus = cores * threadsPerCore;
    this.sockets = Math.ceil(cores / coresPerSocket);
    this.#coresPerSocket = coresPerSocket;
    this.#siblings = Array.from({ length: cores }, (_, core) =>
      Array.from({ length: threadsPerCore }, (__, thread) => core + thread * cores),
    );
  }

  /** Core of a logical CPU. hot */
  coreOf(cpu: number): number {
    return cpu % this.cores;
  }

  /** Socket of a logical CPU. hot */
  socketOf(cpu: number): number {
    return Math.floor(this.coreOf(cpu) / this.#coresPerSocket);
  }

  /** Logical CPUs of the same core in rising order, the CPU itself among them; one list a core, made once. hot */
  siblings(cpu: number): readonly number[] {
    return this.#siblings[this.coreOf(cpu)];
  }
}
