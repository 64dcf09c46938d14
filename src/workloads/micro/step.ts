import { LINES_PER_PAGE } from '../../sim/units.ts';
import { Nr, Op, type CallName, type ThreadEnv } from '../../kernel/abi.ts';

/** Lines of code of a loop. */
const LOOP_LINES = 2;
/** Instructions of a line of code, 4 bytes each: the mean of x86 server code. */
const INSTRUCTIONS_PER_LINE = 16;

/** What the programs of micro-benchmarks are written in: each step is executed, and takes its time, before the next one. */
export class Steps {
  readonly env: ThreadEnv;

  constructor(env: ThreadEnv) {
    this.env = env;
  }

  /** Makes a system call; its result. */
  *sys(name: CallName, a = 0, b = 0, c = 0): Generator<void, number, number> {
    this.env.stream.push(Op.Syscall, a, b, c, Nr[name]);
    return yield;
  }

  /** Makes the same system call so many times, with work after each, as one chain whose length is known beforehand. */
  *chain(
    times: number,
    name: CallName,
    [a, b, c]: readonly [number, number, number],
    instructions: number,
  ): Generator<void, void, number> {
    for (let i = 0; i < times; i++) {
      this.env.stream.push(Op.Syscall, a, b, c, Nr[name]);
      this.env.stream.push(Op.Execute, this.env.lineOf('jit'), LOOP_LINES, instructions);
    }
    yield;
  }

  /** Compiled user code of so many instructions in a loop of a few lines. */
  *work(instructions: number): Generator<void, void, number> {
    this.env.stream.push(Op.Execute, this.env.lineOf('jit'), LOOP_LINES, instructions);
    yield;
  }

  /** Native code, as handlers are. */
  *handle(instructions: number): Generator<void, void, number> {
    this.env.stream.push(Op.Execute, this.env.lineOf('native'), 1, instructions);
    yield;
  }

  /** Reads or writes lines of user memory. */
  *touch(line: number, lines: number, isWrite: boolean): Generator<void, void, number> {
    this.env.stream.push(isWrite ? Op.Store : Op.Load, line, lines, 0);
    yield;
  }

  /** Writes the first line of each of so many pages. */
  *touchEach(first: number, pages: number): Generator<void, void, number> {
    for (let page = first; page < first + pages; page++) this.env.stream.push(Op.Store, page * LINES_PER_PAGE, 1, 0);
    yield;
  }

  /** Executes lines of user code of its own once, and reads pages of user data. */
  *goThrough(pages: number, codeLines: number): Generator<void, void, number> {
    const { env } = this;
    if (codeLines > 0)
      env.stream.push(Op.Execute, env.lineOf('userCode'), codeLines, codeLines * INSTRUCTIONS_PER_LINE);
    if (pages > 0) env.stream.push(Op.Load, env.lineOf('userData'), pages * LINES_PER_PAGE, 0);
    yield;
  }

  /** Enters the program's loop: a function that runs in kernel mode where that is allowed. */
  *enterLoop(): Generator<void, void, number> {
    this.env.stream.push(Op.Call, this.env.functionOf('loop'), 0, 0);
    yield;
  }

  /** Leaves it. */
  *leaveLoop(): Generator<void, void, number> {
    this.env.stream.push(Op.Return, 0, 0, 0);
    yield;
  }
}
