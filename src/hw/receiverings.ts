import { segmentsOf } from './link.ts';
import { bytesOf, connectionOf } from './message.ts';

/** Receive rings of a network device, one for each core, to which connections are spread; the interrupt of one is masked while the kernel polls it. */
export class ReceiveRings {
  readonly #rings: number[][];
  readonly #masked: boolean[];
  /** Segments in each ring. */
  readonly #filled: Float64Array;
  readonly #size: number;

  /** `size`: segments that a ring holds. */
  constructor(cores: number, size: number) {
    this.#rings = Array.from({ length: cores }, () => []);
    this.#masked = this.#rings.map(() => false);
    this.#filled = new Float64Array(cores);
    this.#size = size;
  }

  /** Messages that wait. */
  get waiting(): number {
    return this.#rings.reduce((sum, ring) => sum + ring.length, 0);
  }

  /** Core whose ring a message goes to. */
  coreOf(message: number): number {
    return connectionOf(message) % this.#rings.length;
  }

  /** Whether there is room for a message; an empty ring takes any. */
  hasRoom(message: number): boolean {
    const filled = this.#filled[this.coreOf(message)];
    return filled === 0 || filled + segmentsOf(bytesOf(message)) <= this.#size;
  }

  /** Puts a message into its ring; whether the core must be interrupted for it. */
  put(message: number): boolean {
    const core = this.coreOf(message);
    this.#rings[core].push(message);
    this.#filled[core] += segmentsOf(bytesOf(message));
    const isQuiet = this.#masked[core];
    this.#masked[core] = true;
    return !isQuiet;
  }

  /** Next message that waits for a core; -1 when the ring is empty, which unmasks its interrupt. */
  take(core: number): number {
    const message = this.#rings[core].shift();
    if (message === undefined) {
      this.#masked[core] = false;
      return -1;
    }
    this.#filled[core] -= segmentsOf(bytesOf(message));
    return message;
  }
}
