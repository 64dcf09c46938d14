import { Nr, Op, type CallName, type Landing, type ThreadEnv } from '../../kernel/abi.ts';
import { CODE, type CodeName, type Word } from './layout.ts';

/** Longest stretch of instructions between two interrupt checks. */
const GRAIN = 1000;
/** Code lines that a stretch of the runtime's own code runs through; loops make a line serve many instructions. Assumed. */
const GRAIN_LINES = 24;
/** Work of a signal handler that finds out where it came from. Assumed. */
const HANDLER_INSTRUCTIONS = 600;
/** A wake-up of every sleeper of a word. */
const EVERYBODY = 0x7fffffff;

/** What the code of a runtime is written in: work of its native code, memory traffic, system calls, futexes. */
export class RuntimeThread {
  readonly env: ThreadEnv;
  readonly #words: number;
  readonly #code: number;

  /** `words`: index of the runtime's first futex word. */
  constructor(env: ThreadEnv, words: number) {
    this.env = env;
    this.#words = words;
    this.#code = env.lineOf('vm');
  }

  /** Instructions of native code of the runtime. */
  work(name: CodeName, instructions: number): void {
    this.workHere(name, instructions);
  }

  /** Makes a system call; its result. */
  *call(name: CallName, a = 0, b = 0, c = 0): Generator<void, number, number> {
    return yield* this.callHere(name, a, b, c);
  }

  /** Instructions of native code of the runtime, where it runs already. */
  workHere(name: CodeName, instructions: number): void {
    const { line, lines } = CODE[name];
    let at = 0;
    for (let left = Math.round(instructions); left > 0; left -= GRAIN) {
      const run = Math.min(GRAIN_LINES, lines - at);
      this.env.stream.push(Op.Execute, this.#code + line + at, run, Math.min(left, GRAIN));
      at = at + run === lines ? 0 : at + run;
    }
  }

  /** A system call of native code of the runtime, where it runs already. */
  *callHere(name: CallName, a = 0, b = 0, c = 0): Generator<void, number, number> {
    this.env.stream.push(Op.Syscall, a, b, c, Nr[name]);
    return yield;
  }

  /** What a signal handler of the runtime does: finds out what it interrupted, and has the thread go on. */
  *returnFromHandler(landing: Landing): Generator<void, void, number> {
    this.workHere('vm', HANDLER_INSTRUCTIONS);
    yield* this.callHere('rt_sigreturn', landing);
  }

  /** Reads lines. */
  load(line: number, lines: number): void {
    this.env.stream.push(Op.Load, line, lines, 0);
  }

  /** Writes lines. */
  store(line: number, lines: number): void {
    this.env.stream.push(Op.Store, line, lines, 0);
  }

  /** Sleeps until the word changes from what it is now; a wake-up that comes before the thread sleeps is not lost. */
  *wait(word: Word): Generator<void, void, number> {
    const index = this.#words + word;
    yield* this.call('futex_wait', index, this.env.words[index]);
  }

  /** Changes the word and wakes those who wait for it. */
  *wake(word: Word, most = EVERYBODY): Generator<void, void, number> {
    const index = this.#words + word;
    this.env.words[index] = (this.env.words[index] + 1) | 0;
    yield* this.call('futex_wake', index, most);
  }
}
