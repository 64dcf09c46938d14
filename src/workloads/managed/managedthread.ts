import { Op, type CallName, type ThreadEnv } from '../../kernel/abi.ts';
import { Word, type CodeName } from './layout.ts';
import { RuntimeThread } from './runtimethread.ts';
import type { Safepoint } from './safepoint.ts';

/** Native code around a system call of the runtime. Assumed. */
const CALL_INSTRUCTIONS = 50;

/**
 * A thread that must stop when the runtime asks. In native code and asleep it counts as stopped; when it comes back while threads are asked to
 * stop, it waits. Source of the protocol: HotSpot SafepointSynchronize and ThreadStateTransition.
 */
export class ManagedThread extends RuntimeThread {
  /** Whether the thread is stopped, or outside managed code. */
  isSafe = true;
  /** Line that tells this thread alone to stop. */
  readonly flagLine: number;
  /** Id of the thread, where it is sent signals; 0 otherwise. */
  tid = 0;
  readonly safepoint: Safepoint;

  constructor(env: ThreadEnv, words: number, safepoint: Safepoint) {
    super(env, words);
    this.safepoint = safepoint;
    this.flagLine = env.lineOf('flags') + safepoint.join(this);
  }

  /** Calls native code of the runtime: a function of its own, as policies that trust by page know no other way out of managed code. */
  override work(name: CodeName, instructions: number): void {
    this.env.stream.push(Op.Call, this.env.functionOf('runtime'), 0, 0);
    this.workHere(name, instructions);
    this.env.stream.push(Op.Return, 0, 0, 0);
  }

  /** Makes a system call from native code of the runtime. */
  override *call(name: CallName, a = 0, b = 0, c = 0): Generator<void, number, number> {
    this.env.stream.push(Op.Call, this.env.functionOf('runtime'), 0, 0);
    this.workHere('vm', CALL_INSTRUCTIONS);
    const result = yield* this.callHere(name, a, b, c);
    this.env.stream.push(Op.Return, 0, 0, 0);
    return result;
  }

  /** Leaves managed code; from now on nobody waits for this thread. */
  leave(): void {
    this.isSafe = true;
  }

  /** Comes back to managed code, after the end of a stop that is under way. */
  *enter(): Generator<void, void, number> {
    while (this.safepoint.isArmed) yield* this.wait(Word.Resume);
    this.isSafe = false;
  }

  /** Executes what was emitted so far, then looks whether to stop; returns when the thread may go on. */
  *poll(): Generator<void, void, number> {
    const { poller, counters } = this.safepoint;
    poller.look(this);
    yield;
    if (!this.safepoint.isArmed) return;
    yield* poller.stop(this);
    counters.add('stops');
    this.leave();
    yield* this.enter();
    counters.add('resumes');
  }

  /** Sleeps outside managed code until a condition holds that a change of the word announces. */
  *await(word: Word, isOver: () => boolean): Generator<void, void, number> {
    this.leave();
    while (!isOver()) yield* this.wait(word);
    yield* this.enter();
  }
}
