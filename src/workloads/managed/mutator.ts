import { EINTR, Op, OpStream, type Program, type ThreadEnv } from '../../kernel/abi.ts';
import type { Rng } from '../../sim/rng.ts';
import type { Counters } from './counters.ts';
import { SteadyCode, TieredCode, type Execution } from './execution.ts';
import { ManagedThread } from './managedthread.ts';
import { NativeCalls } from './nativecalls.ts';
import { fault } from './pollers.ts';
import type { Rare } from './rare.ts';
import type { Runtime } from './runtime.ts';
import { Tlab } from './tlab.ts';

/** Operations between two refills of the program inside. */
const CAPACITY = 1024;
/** Where stubs of native calls lie among the stubs. */
const TRANSITION_LINE = 32;
const TRANSITION_LINES = 4;

/**
 * A thread of a program on the runtime: runs any program unchanged and does around its operations what managed code does. Code in verified
 * regions polls, allocates and pays barriers; system calls and native functions are made outside managed code.
 */
export class Mutator extends ManagedThread {
  readonly rng: Rng;
  readonly counters: Counters;
  readonly #runtime: Runtime;
  readonly #inner = new OpStream(CAPACITY);
  readonly #tlab: Tlab;
  readonly #execution: Execution;
  readonly #natives: NativeCalls;
  readonly #nullChecks: Rare;
  /** The nursery of the program itself, whose writes the runtime's allocation replaces: first line and the one after the last. */
  readonly #nursery: readonly [number, number];
  /** Code of the program that is managed. */
  readonly #code: readonly [number, number];
  /** Whether the code that ran last is managed. */
  #isManaged = false;
  #unpolled = 0;
  /** Result of the last system call of the program. */
  #result = 0;

  constructor(env: ThreadEnv, runtime: Runtime, name: string) {
    super(env, runtime.words, runtime.safepoint);
    this.#runtime = runtime;
    this.counters = runtime.counters;
    this.rng = runtime.openStream(name);
    this.#nursery = runtime.linesOf(env, 'nursery');
    this.#code = runtime.linesOf(env, 'jit');
    this.#tlab = new Tlab(this, runtime);
    this.#natives = new NativeCalls(this, runtime.transition);
    this.#nullChecks = runtime.rare(this.rng, 'nullChecksPerSecond');
    const { jit } = runtime;
    this.#execution =
      jit === undefined ? new SteadyCode(this) : new TieredCode(this, jit, runtime.rare(this.rng, 'deoptsPerSecond'));
    runtime.collection.allocators.push(this.#tlab);
  }

  /** Runs a program from its start to its end. */
  *run(program: Program): Generator<void, void, number> {
    const inside = program({ ...this.env, stream: this.#inner });
    if (this.safepoint.poller.signals) this.tid = yield* this.call('gettid');
    yield* this.enter();
    for (let isDone = false; !isDone;) {
      isDone = inside.next(this.#result).done === true;
      yield* this.#perform();
      yield;
    }
    this.leave();
  }

  /** Retires instructions of managed code from `line` on, with their barriers; polls when it is time. */
  *execute(line: number, lines: number, instructions: number): Generator<void, void, number> {
    const whole = instructions + Math.round(instructions * this.#runtime.barrierShare);
    this.env.stream.push(Op.Execute, line, lines, whole);
    yield* this.advance(instructions);
  }

  /** Retires instructions of a stub that the compiler emits around calls. */
  runStub(instructions: number): void {
    this.env.stream.push(Op.Execute, this.env.lineOf('stubs') + TRANSITION_LINE, TRANSITION_LINES, instructions);
  }

  /** Counts instructions of managed code that have been emitted; polls when it is time. */
  *advance(instructions: number): Generator<void, void, number> {
    this.#unpolled += instructions;
    if (this.#unpolled < this.#runtime.pollInstructions) return;
    this.#unpolled = 0;
    yield* this.poll();
  }

  *#perform(): Generator<void, void, number> {
    const inner = this.#inner;
    while (inner.next()) {
      if (inner.op === Op.Execute) yield* this.#run(inner.a, inner.b, inner.c);
      else if (inner.op === Op.Syscall) yield* this.#callKernel(inner);
      else if (inner.op === Op.Call) yield* this.#call(inner.a);
      else if (inner.op === Op.Return) yield* this.#return();
      else if (!this.#isManaged || inner.op !== Op.Store || !isWithin(this.#nursery, inner.a))
        this.env.stream.push(inner.op, inner.a, inner.b, inner.c);
    }
  }

  *#run(line: number, lines: number, instructions: number): Generator<void, void, number> {
    this.#isManaged = isWithin(this.#code, line);
    if (!this.#isManaged) {
      this.env.stream.push(Op.Execute, line, lines, instructions);
      return;
    }
    yield* this.#execution.run(line, lines, instructions);
    yield* this.#tlab.allocate(instructions * this.#runtime.bytesPerInstruction);
    if (this.safepoint.isGuarded && this.#nullChecks.isDue(this.env.now())) yield* this.#hitNull();
  }

  /** A null reference that compiled code does not test for: the access faults, and the handler goes on where the exception is thrown. */
  *#hitNull(): Generator<void, void, number> {
    yield* fault(this, 'guardpage');
    this.counters.add('nullChecks');
  }

  /** A system call, made from native code as far as safepoints are concerned; but not within a native function that hides. */
  *#callKernel({ a, b, c, nr }: OpStream): Generator<void, void, number> {
    const isHidden = this.#natives.isHidden || this.isSafe;
    yield;
    if (!isHidden) this.leave();
    do {
      this.env.stream.push(Op.Syscall, a, b, c, nr);
      this.#result = yield;
      // Waits for events end with EINTR even where signals have calls made again.
    } while (this.#result === -EINTR && this.safepoint.poller.signals);
    if (!isHidden) yield* this.enter();
  }

  *#call(functionId: number): Generator<void, void, number> {
    const { isNative, isPaid } = this.#runtime.kindOf(functionId);
    yield* this.#natives.call(isNative, isPaid);
    this.env.stream.push(Op.Call, functionId, 0, 0);
    this.#execution.call();
  }

  *#return(): Generator<void, void, number> {
    this.#execution.return();
    this.env.stream.push(Op.Return, 0, 0, 0);
    yield* this.#natives.return();
  }
}

function isWithin([first, end]: readonly [number, number], line: number): boolean {
  return line >= first && line < end;
}
