import { authorityOf } from './gate.ts';
import type { Rules } from './config.ts';
import type { Layout } from './layout.ts';
import { CAP_B, CAP_K } from './names.ts';

/** A small ordered set of numbers below 32: what a step did, in the order in which it happened, without repetition. */
export class Marks {
  mask = 0;
  count = 0;
  readonly list = new Uint8Array(32);

  /** Adds a mark once. */
  add(mark: number): void {
    const bit = 1 << mark;
    if ((this.mask & bit) !== 0) return;
    this.mask |= bit;
    this.list[this.count++] = mark;
  }

  /** Adds marks given as bits by number, the lowest first. */
  addAll(mask: number): void {
    for (let rest = mask; rest !== 0; rest &= rest - 1) this.add(31 - Math.clz32(rest & -rest));
  }

  /** Whether the mark was made. */
  has(mark: number): boolean {
    return (this.mask & (1 << mark)) !== 0;
  }

  clear(): void {
    this.mask = 0;
    this.count = 0;
  }

  /** Starts over from marks whose order is not of interest. */
  restart(mask: number): void {
    this.mask = mask;
    this.count = 0;
  }
}

/** Authority of each of the four sets of effective capabilities. */
function authorityTable(rules: Rules): Uint8Array {
  return Uint8Array.from([0, CAP_K, CAP_B, CAP_K | CAP_B], (set) =>
    authorityOf((set & CAP_K) !== 0, (set & CAP_B) !== 0, rules),
  );
}

/** One state that operations change in place, with the rules they obey and what the current step did. */
export class Machine {
  readonly rules: Rules;
  readonly layout: Layout;
  /** The state; see layout.ts. */
  readonly bytes: Uint8Array;
  /** The same memory as 32-bit words, for copying and comparing. */
  readonly words: Int32Array;
  readonly effects = new Marks();
  readonly violations = new Marks();
  /** The count of the layout that the current step exceeded, after which the state is worthless; empty when all fitted. */
  overflow: keyof Layout['capacity'] | '' = '';
  /** Authority by effective set, so that the rule is resolved once. */
  readonly authority: Uint8Array;

  /** Marks of the frame collector. */
  readonly scratch = new Uint8Array(256);

  /** Offsets of the layout that every accessor needs, one load away. */
  readonly threadsAt: number;
  readonly threadSize: number;
  readonly processesAt: number;
  readonly spacesAt: number;
  readonly spaceSize: number;
  readonly framesAt: number;

  constructor(rules: Rules, layout: Layout) {
    this.rules = rules;
    this.layout = layout;
    this.threadsAt = layout.threads;
    this.threadSize = layout.threadSize;
    this.processesAt = layout.processes;
    this.spacesAt = layout.spaces;
    this.spaceSize = layout.spaceSize;
    this.framesAt = layout.frames;
    this.words = new Int32Array(layout.size / 4);
    this.bytes = new Uint8Array(this.words.buffer);
    this.authority = authorityTable(rules);
  }

  /** Notes that a step needs more room than the layout has. The first note stays. */
  exceed(what: keyof Layout['capacity']): void {
    if (this.overflow === '') this.overflow = what;
  }

  /** What was exceeded, with the number: "frames: more than 8". */
  get overflowText(): string {
    return this.overflow === '' ? '' : `${this.overflow}: more than ${this.layout.capacity[this.overflow]}`;
  }
}
