import type { Job } from './job.ts';
import { Word } from './layout.ts';
import type { ManagedThread } from './managedthread.ts';
import type { RuntimeThread } from './runtimethread.ts';

/** Work to take a piece from the common queue. Assumed: a compare-and-swap, and a look at the queues of others. */
const TAKE_INSTRUCTIONS = 60;

/** Threads that share the pieces of a job. Those without a job sleep on a futex. */
export class Crew {
  readonly size: number;
  readonly start: Word;
  readonly #line: number;
  #job: Job | undefined = undefined;
  #next = 0;
  #underWay = 0;
  #onDone: (thread: RuntimeThread) => Generator<void, void, number> = nothing;

  /** Its threads wait for `start`; `line` of region `shared` holds their queue. */
  constructor(size: number, start: Word, line: number) {
    this.size = size;
    this.start = start;
    this.#line = line;
  }

  /** Whether a piece waits for somebody to take it. */
  get hasWork(): boolean {
    return this.#job !== undefined && this.#next < this.#job.pieces;
  }

  /** Does the jobs, one after the other, while the caller waits; a crew of none leaves them to the caller. */
  *run(caller: RuntimeThread, jobs: readonly Job[]): Generator<void, void, number> {
    for (const job of jobs) {
      if (this.size === 0) yield* performAlone(caller, job);
      else if (job.pieces > 0) yield* this.#runShared(caller, job);
    }
  }

  /** Starts a job and goes on; the thread that ends it calls `onDone`. */
  *begin(
    caller: RuntimeThread,
    job: Job,
    onDone: (thread: RuntimeThread) => Generator<void, void, number>,
  ): Generator<void, void, number> {
    this.#job = job;
    this.#next = 0;
    this.#onDone = onDone;
    if (job.pieces === 0) yield* this.#end(caller);
    else yield* caller.wake(this.start);
  }

  /** Takes and performs one piece; there must be one. */
  *step(thread: RuntimeThread): Generator<void, void, number> {
    const job = this.#job!;
    const piece = this.#next++;
    this.#underWay++;
    thread.work('vm', TAKE_INSTRUCTIONS);
    thread.store(thread.env.lineOf('shared') + this.#line, 1);
    job.perform(thread, piece);
    yield;
    this.#underWay--;
    if (this.#next === job.pieces && this.#underWay === 0) yield* this.#end(thread);
  }

  *#runShared(caller: RuntimeThread, job: Job): Generator<void, void, number> {
    yield* this.begin(caller, job, (thread) => thread.wake(Word.Done));
    while (this.#job === job) yield* caller.wait(Word.Done);
  }

  *#end(thread: RuntimeThread): Generator<void, void, number> {
    this.#job = undefined;
    yield* this.#onDone(thread);
  }
}

/** A thread of a crew that works while all others stand still. */
export function* work(thread: RuntimeThread, crew: Crew): Generator<void, void, number> {
  for (;;) {
    if (crew.hasWork) yield* crew.step(thread);
    else yield* thread.wait(crew.start);
  }
}

/** A thread of a crew that works beside the program, and stops with it. */
export function* workBeside(thread: ManagedThread, crew: Crew): Generator<void, void, number> {
  yield* thread.enter();
  for (;;) {
    if (!crew.hasWork) yield* thread.await(crew.start, () => crew.hasWork);
    yield* crew.step(thread);
    yield* thread.poll();
  }
}

function* performAlone(caller: RuntimeThread, job: Job): Generator<void, void, number> {
  for (let piece = 0; piece < job.pieces; piece++) {
    job.perform(caller, piece);
    yield;
  }
}

function* nothing(): Generator<void, void, number> {}
