import { Op } from '../../kernel/abi.ts';
import type { Mutator } from './mutator.ts';
import type { Jit } from './jit.ts';
import type { Method } from './methods.ts';
import { METHOD_LINES, METHODS_IN_METASPACE } from './layout.ts';
import type { Rare } from './rare.ts';

/** How managed code of a thread is carried out. */
export interface Execution {
  /** Code of the program that takes so many instructions when it is compiled best, from `line` on. */
  run(line: number, lines: number, instructions: number): Generator<void, void, number>;
  /** The program calls a function, or returns from one. */
  call(): void;
  return(): void;
}

/** Functions of the runtime in which the methods of a program run. */
type Frame = 'compiled' | 'interpreter';

/** Instructions between two polls of code that runs long. */
const STRETCH = 1000;
/** Lines of bytecode that so many instructions of the interpreter read: some 40 bytecodes. */
const BYTECODE_LINES = 2;
/** Work of the runtime when a compiled method meets what it was not compiled for. Assumed: frames are rebuilt for the interpreter. */
const DEOPT_INSTRUCTIONS = 8000;

/** Everything is compiled, where the program says that its code lies. */
export class SteadyCode implements Execution {
  readonly #thread: Mutator;

  constructor(thread: Mutator) {
    this.#thread = thread;
  }

  *run(line: number, lines: number, instructions: number): Generator<void, void, number> {
    yield* this.#thread.execute(line, lines, instructions);
  }

  call(): void {}

  return(): void {}
}

/**
 * Methods begin in the interpreter and are compiled as they turn out to be hot. The step from the interpreter to compiled code is a call of a
 * function with the attribute of compiled code: a change of mode, where the policy honours it. The interpreter is native code of the runtime.
 */
export class TieredCode implements Execution {
  readonly #thread: Mutator;
  readonly #jit: Jit;
  readonly #deopts: Rare;
  /** For each function of the program on the stack: which frame is open in it. */
  readonly #open: (Frame | 'none')[] = ['none'];

  constructor(thread: Mutator, jit: Jit, deopts: Rare) {
    this.#thread = thread;
    this.#jit = jit;
    this.#deopts = deopts;
  }

  *run(line: number, lines: number, instructions: number): Generator<void, void, number> {
    const thread = this.#thread;
    const method = this.#jit.methods.pick(line, thread.rng);
    yield* this.#consider(method);
    const { place, tier } = method;
    thread.counters.add(tier.isInterpreted ? 'interpretedInstructions' : 'compiledInstructions', instructions);
    const whole = instructions * tier.factor;
    if (tier.isInterpreted) yield* this.#interpret(method, whole);
    else if (place === undefined) yield* this.#runCompiled(line, lines, whole);
    else yield* this.#runCompiled(place.line, Math.min(lines, place.lines), whole);
  }

  call(): void {
    this.#open.push('none');
  }

  return(): void {
    this.#leave();
    this.#open.pop();
  }

  /** Counts an execution; a hot method is handed to its compiler, and one in bad luck goes back to where it began. */
  *#consider(method: Method): Generator<void, void, number> {
    method.executions++;
    if (method.place !== undefined && this.#deopts.isDue(this.#thread.env.now())) {
      this.#thread.work('vm', DEOPT_INSTRUCTIONS);
      this.#jit.deoptimise(method);
      this.#thread.counters.add('deopts');
    }
    const compiler = this.#jit.compilerFor(method);
    if (compiler !== undefined) yield* compiler.request(this.#thread, method);
  }

  *#runCompiled(line: number, lines: number, instructions: number): Generator<void, void, number> {
    this.#enter('compiled');
    for (let left = instructions; left > 0; left -= STRETCH)
      yield* this.#thread.execute(line, lines, Math.min(left, STRETCH));
  }

  *#interpret({ id }: Method, instructions: number): Generator<void, void, number> {
    const thread = this.#thread;
    this.#enter('interpreter');
    const bytecode = thread.env.lineOf('metaspace') + (id % METHODS_IN_METASPACE) * METHOD_LINES;
    for (let left = Math.round(instructions); left > 0; left -= STRETCH) {
      thread.load(
        bytecode + (Math.floor(left / STRETCH) % (METHOD_LINES / BYTECODE_LINES)) * BYTECODE_LINES,
        BYTECODE_LINES,
      );
      thread.workHere('interpreter', Math.min(left, STRETCH));
      yield* thread.advance(Math.min(left, STRETCH));
    }
  }

  /** Opens a frame of compiled code or of the interpreter in the function on top, unless it is there. */
  #enter(frame: Frame): void {
    const top = this.#open.length - 1;
    if (this.#open[top] === frame) return;
    this.#leave();
    this.#thread.env.stream.push(Op.Call, this.#thread.env.functionOf(frame), 0, 0);
    this.#open[top] = frame;
  }

  #leave(): void {
    const top = this.#open.length - 1;
    if (this.#open[top] === 'none') return;
    this.#thread.env.stream.push(Op.Return, 0, 0, 0);
    this.#open[top] = 'none';
  }
}
