import { CodeCache, type PROTECTIONS } from './codecache.ts';
import type { Counters } from './counters.ts';
import { ARENA_LINES, METHOD_LINES } from './layout.ts';
import type { Method } from './methods.ts';
import type { RuntimeThread } from './runtimethread.ts';
import type { Compilation } from './tiers.ts';

/** A stretch of compilation between two looks at the clock, and the lines of its graph that it works on. Assumed. */
const STEP_INSTRUCTIONS = 10_000;
const STEP_LINES = 100;
/** Prime: successive stretches work on other parts of the graph. */
const STEP_STRIDE = 577;

/** How compilers work. */
export interface CompilerSettings {
  /** Factor of the instructions of a compilation. */
  readonly work: number;
  readonly protection: (typeof PROTECTIONS)[number];
}

/** A compiler with its thread, the methods that wait for it, and its part of the code cache. */
export class Compiler {
  readonly compilation: Compilation;
  readonly #settings: CompilerSettings;
  readonly #counters: Counters;
  readonly #cache: CodeCache;
  readonly #waiting: Method[] = [];
  /** Code that no method uses any more. */
  readonly #stale: NonNullable<Method['place']>[] = [];
  #at = 0;

  constructor(compilation: Compilation, counters: Counters, settings: CompilerSettings) {
    this.compilation = compilation;
    this.#settings = settings;
    this.#counters = counters;
    this.#cache = new CodeCache(counters, settings.protection);
  }

  /** Asks for a method to be compiled, which goes on as it is meanwhile. */
  *request(thread: RuntimeThread, method: Method): Generator<void, void, number> {
    method.isQueued = true;
    this.#waiting.push(method);
    yield* thread.wake(this.compilation.word, 1);
  }

  /** Notes that code of this compiler is not entered any more; its thread takes it back when it has nothing to compile. */
  discard(place: Method['place']): void {
    if (place !== undefined) this.#stale.push(place);
  }

  /** What the thread of the compiler does. `discardOld` hears of the code that better code replaces. */
  *serve(thread: RuntimeThread, discardOld: (method: Method) => void): Generator<void, void, number> {
    for (;;) {
      const method = this.#waiting.shift();
      const stale = method === undefined ? this.#stale.shift() : undefined;
      if (method !== undefined) yield* this.#compile(thread, method, discardOld);
      else if (stale !== undefined) yield* this.#cache.release(thread, stale);
      else yield* thread.wait(this.compilation.word);
    }
  }

  *#compile(
    thread: RuntimeThread,
    method: Method,
    discardOld: (method: Method) => void,
  ): Generator<void, void, number> {
    const { tier, code, instructions, size } = this.compilation;
    for (let left = instructions * this.#settings.work; left > 0; left -= STEP_INSTRUCTIONS) {
      thread.work(code, Math.min(left, STEP_INSTRUCTIONS));
      this.#at = (this.#at + STEP_STRIDE) % (ARENA_LINES - STEP_LINES);
      thread.store(thread.env.lineOf(`${code}.arena`) + this.#at, STEP_LINES);
      yield;
    }
    const place = yield* this.#cache.install(thread, Math.ceil(METHOD_LINES * size));
    discardOld(method);
    Object.assign(method, { tier, place, executions: 0, isQueued: false });
    this.#counters.add(code);
  }
}
