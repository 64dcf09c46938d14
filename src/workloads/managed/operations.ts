import type { RuntimeThread } from './runtimethread.ts';
import { Word } from './layout.ts';
import { prepareGuard } from './pollers.ts';
import type { Safepoint } from './safepoint.ts';

/** Something that the runtime does while all threads stand still. */
export interface Operation {
  run(vm: RuntimeThread): Generator<void, void, number>;
}

/** Nap between two looks at threads that do not stand still yet, in us. Source: HotSpot safepoint.cpp, back_off: 10 us in the first millisecond. */
const NAP_US = 10;
/** Work to look at the state of one thread. Assumed. */
const LOOK_INSTRUCTIONS = 20;

/** Operations that wait for the thread of the runtime, which stops the threads for each. */
export class Operations {
  readonly #safepoint: Safepoint;
  readonly #pins: boolean;
  readonly #waiting: Operation[] = [];
  #current: Operation | undefined = undefined;
  /** When those that wait were asked for. */
  readonly #asked: number[] = [];

  /** `pins`: whether operations leave objects that critical sections use where they are. */
  constructor(safepoint: Safepoint, pins: boolean) {
    this.#safepoint = safepoint;
    this.#pins = pins;
  }

  /** Asks for an operation, unless somebody has already. */
  *post(thread: RuntimeThread, operation: Operation): Generator<void, void, number> {
    if (operation === this.#current || this.#waiting.includes(operation)) return;
    this.#waiting.push(operation);
    this.#asked.push(thread.env.now());
    yield* thread.wake(Word.Request, 1);
  }

  /** What the thread of the runtime does. */
  *serve(vm: RuntimeThread): Generator<void, void, number> {
    yield* prepareGuard(vm, this.#safepoint);
    for (;;) {
      this.#current = this.#waiting.shift();
      if (this.#current === undefined) yield* vm.wait(Word.Request);
      else yield* this.#perform(vm, this.#current);
    }
  }

  *#perform(vm: RuntimeThread, operation: Operation): Generator<void, void, number> {
    yield* this.#lockOut(vm);
    const began = vm.env.now();
    this.#safepoint.counters.add('waitCycles', Math.max(0, began - this.#asked.shift()!));
    yield* this.#stop(vm);
    const reached = vm.env.now();
    yield* operation.run(vm);
    const collected = vm.env.now();
    // From here on the same may be asked for again: threads run before this one has counted.
    this.#current = undefined;
    yield* this.#safepoint.poller.disarm(vm, this.#safepoint);
    this.#safepoint.isArmed = false;
    this.#safepoint.isLockedOut = false;
    this.#count(began, reached, collected, vm.env.now());
    yield* vm.wake(Word.Resume);
  }

  /** Waits until nobody is in a critical section, unless such objects may stay where they are. */
  *#lockOut(vm: RuntimeThread): Generator<void, void, number> {
    if (this.#pins) return;
    this.#safepoint.isLockedOut = true;
    while (this.#safepoint.locks > 0) yield* vm.wait(Word.Critical);
  }

  *#stop(vm: RuntimeThread): Generator<void, void, number> {
    const safepoint = this.#safepoint;
    yield* safepoint.poller.arm(vm, safepoint);
    safepoint.isArmed = true;
    while (safepoint.isAwaited) {
      for (const { flagLine } of safepoint.threads) vm.load(flagLine, 1);
      vm.work('vm', LOOK_INSTRUCTIONS * safepoint.threads.length);
      yield* vm.call('nanosleep', NAP_US);
    }
  }

  #count(began: number, reached: number, collected: number, released: number): void {
    const { counters } = this.#safepoint;
    counters.add('pauses');
    counters.add('reachCycles', reached - began);
    counters.add('collectCycles', collected - reached);
    counters.add('pauseCycles', released - began);
    counters.reach.record(reached - began);
    counters.pause.record(released - began);
  }
}
