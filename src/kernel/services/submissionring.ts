import type { Core } from '../../hw/core.ts';
import type { Cycles } from '../../sim/units.ts';
import type { FileHost } from '../files/file.ts';
import { WaitQueue } from '../waitqueue.ts';

/** Words of an entry: number and three arguments of a call. */
const WORDS = 4;

/** First argument of io_uring_enter for the ring that the policy gave the thread. */
export const OWN_RING = -1;
/** Flags of the third argument of io_uring_enter. Values of Linux. */
export const RingFlag = { GetEvents: 1, Wakeup: 2 } as const;

/** What a ring takes from the kernel when it is first used: memory, and its poller. */
export interface RingParts {
  allocateLines(lines: number): number;
  startPoller(core: Core, ring: SubmissionRing): void;
}

/** A ring of io_uring between a thread that submits and a kernel thread that polls: counts go up for ever, places repeat. */
export class SubmissionRing {
  /** IORING_SQ_NEED_WAKEUP: the poller sleeps, and who submits must say so by a call. */
  needsWakeup = true;
  /** Where the poller sleeps, and where the submitter does until all is completed. */
  readonly bell = new WaitQueue();
  readonly drained = new WaitQueue();
  /** When the poller last had anything to do; before the first entry never. */
  busyAt: Cycles = -Infinity;
  /** How long it then looks in vain before it sleeps. */
  readonly idle: Cycles;
  readonly #parts: RingParts;
  readonly #room: number;
  readonly #words: Int32Array;
  readonly #postedAt: Float64Array;
  #posted = 0;
  #taken = 0;
  #completed = 0;
  #firstLine = 0;
  #isStarted = false;

  constructor(room: number, idle: Cycles, parts: RingParts) {
    this.idle = idle;
    this.#parts = parts;
    this.#room = room;
    this.#words = new Int32Array(room * WORDS);
    this.#postedAt = new Float64Array(room);
  }

  /** Kernel line of head and tail; those of the entries follow, one each. */
  get line(): number {
    if (this.#firstLine === 0) this.#firstLine = this.#parts.allocateLines(this.#room + 1);
    return this.#firstLine;
  }

  /** Has the poller look again; the first time it is started. */
  wake(host: FileHost, core: Core): void {
    this.needsWakeup = false;
    if (this.#isStarted) this.bell.wake(host, core, 1);
    else this.#parts.startPoller(core, this);
    this.#isStarted = true;
  }

  get isFull(): boolean {
    return this.#posted - this.#completed === this.#room;
  }

  /** Whether all that was submitted is completed. */
  get isDrained(): boolean {
    return this.#completed === this.#posted;
  }

  /** Submits a call at a time; returns the line of its entry. hot */
  post(nr: number, a: number, b: number, c: number, now: Cycles): number {
    const place = this.#posted++ % this.#room;
    const at = place * WORDS;
    this.#words[at] = nr;
    this.#words[at + 1] = a;
    this.#words[at + 2] = b;
    this.#words[at + 3] = c;
    this.#postedAt[place] = now;
    return this.line + 1 + place;
  }

  /** Whether an entry can be seen at a time; cores are not all at the same one. */
  hasEntry(now: Cycles): boolean {
    return this.#taken < this.#posted && this.#postedAt[this.#taken % this.#room] <= now;
  }

  /** Takes the next entry into what will perform it; returns its line. hot */
  take(call: { nr: number; arg0: number; arg1: number; arg2: number }): number {
    const place = this.#taken++ % this.#room;
    const at = place * WORDS;
    call.nr = this.#words[at];
    call.arg0 = this.#words[at + 1];
    call.arg1 = this.#words[at + 2];
    call.arg2 = this.#words[at + 3];
    return this.line + 1 + place;
  }

  /** The entry taken last is completed. */
  complete(now: Cycles): void {
    this.#completed++;
    this.busyAt = now;
  }
}
