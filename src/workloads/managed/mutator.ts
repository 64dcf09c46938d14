import { Op, OpStream, type Program, type ThreadEnv } from '../../kernel/abi.ts';
import { LINE_BYTES } from '../../sim/units.ts';
import { ManagedThread } from './managedthread.ts';
import type { Runtime } from './runtime.ts';

/** Operations between two refills of the program inside. */
const CAPACITY = 1024;
/** Work to take a piece of the nursery. Assumed: a compare-and-swap and the bounds of the buffer. */
const TAKE_INSTRUCTIONS = 150;

/**
 * A thread of a program on the runtime: runs any program unchanged and does around its operations what managed code does. Code in verified
 * regions polls, allocates and pays barriers; system calls and native functions are made outside managed code.
 */
export class Mutator extends ManagedThread {
  readonly #runtime: Runtime;
  readonly #inner = new OpStream(CAPACITY);
  readonly #eden: number;
  /** The nursery of the program itself, whose writes the runtime's allocation replaces: first line and the one after the last. */
  readonly #nursery: readonly [number, number];
  /** Code of the program that is managed. */
  readonly #code: readonly [number, number];
  /** Next line of the thread's piece of the nursery, and the one after its last. */
  #next = 0;
  #end = 0;
  /** Bytes allocated but not yet written, and instructions since the last poll. */
  #owed = 0;
  #unpolled = 0;
  /** Result of the last system call of the program. */
  #result = 0;

  constructor(env: ThreadEnv, runtime: Runtime) {
    super(env, runtime.words, runtime.safepoint);
    this.#runtime = runtime;
    this.#eden = env.lineOf('eden');
    this.#nursery = runtime.linesOf(env, 'nursery');
    this.#code = runtime.linesOf(env, 'jit');
    runtime.collection.allocators.push(this);
  }

  /** Runs a program from its start to its end. */
  *run(program: Program): Generator<void, void, number> {
    const inside = program({ ...this.env, stream: this.#inner });
    yield* this.enter();
    for (let isDone = false; !isDone;) {
      isDone = inside.next(this.#result).done === true;
      yield* this.#perform();
      yield;
    }
    this.leave();
  }

  /** Gives up the rest of the thread's piece of the nursery. */
  retire(): void {
    this.#end = this.#next;
  }

  *#perform(): Generator<void, void, number> {
    const inner = this.#inner;
    while (inner.next()) {
      if (inner.op === Op.Execute) yield* this.#execute(inner.a, inner.b, inner.c);
      else if (inner.op === Op.Syscall) yield* this.#callKernel(inner);
      else if (inner.op !== Op.Store || !isWithin(this.#nursery, inner.a))
        this.env.stream.push(inner.op, inner.a, inner.b, inner.c);
    }
  }

  *#execute(line: number, lines: number, instructions: number): Generator<void, void, number> {
    const { runtime, isManaged } = { runtime: this.#runtime, isManaged: isWithin(this.#code, line) };
    const whole = isManaged ? instructions + Math.round(instructions * runtime.barrierShare) : instructions;
    this.env.stream.push(Op.Execute, line, lines, whole);
    if (!isManaged) return;
    yield* this.#allocate(instructions * runtime.bytesPerInstruction);
    this.#unpolled += instructions;
    if (this.#unpolled < runtime.pollInstructions) return;
    this.#unpolled = 0;
    yield* this.poll();
  }

  /** A system call, made from native code as far as safepoints are concerned. */
  *#callKernel({ a, b, c, nr }: OpStream): Generator<void, void, number> {
    yield;
    this.leave();
    this.env.stream.push(Op.Syscall, a, b, c, nr);
    this.#result = yield;
    yield* this.enter();
  }

  *#allocate(bytes: number): Generator<void, void, number> {
    this.#owed += bytes;
    for (let left = Math.floor(this.#owed / LINE_BYTES); left > 0;) {
      if (this.#next === this.#end) yield* this.#takePiece();
      const lines = Math.min(left, this.#end - this.#next);
      this.store(this.#eden + this.#next, lines);
      this.#next += lines;
      this.#owed -= lines * LINE_BYTES;
      left -= lines;
    }
  }

  *#takePiece(): Generator<void, void, number> {
    const { heap, plan, pieceLines, counters } = this.#runtime;
    let first = heap.take(pieceLines);
    for (; first < 0; first = heap.take(pieceLines)) yield* plan.makeRoom(this);
    this.#next = first;
    this.#end = first + pieceLines;
    counters.add('allocated', pieceLines * LINE_BYTES);
    this.work('vm', TAKE_INSTRUCTIONS);
    this.store(this.env.lineOf('shared'), 1);
    yield* plan.onTaken(this);
  }
}

function isWithin([first, end]: readonly [number, number], line: number): boolean {
  return line >= first && line < end;
}
