import type { Call } from './call.ts';

/** Flags of clone that share descriptors: CLONE_FILES, which CLONE_THREAD comes with. Source: linux/sched.h. */
const CLONE_FILES = 0x400;

/** Calls that make a process with descriptors of its own. */
const FORKS: ReadonlySet<string> = new Set(['fork', 'vfork']);
/** Calls that make a thread or a process, as their flags say. */
const CLONES: ReadonlySet<string> = new Set(['clone', 'clone3']);

/** Whether a completed call made a thread or a process: its id is the result. */
export function makesThread(call: Call): boolean {
  return call.result > 0 && (FORKS.has(call.name) || CLONES.has(call.name));
}

/** Which table of descriptors each thread uses: that of the thread that made it, or its own; all others share the first one. */
export class Families {
  readonly #tables = new Map<number, number>();

  /** Table of a thread; 0 unless it was seen to be made with another. */
  tableOf(tid: number): number {
    return this.#tables.size === 0 ? 0 : (this.#tables.get(tid) ?? 0);
  }

  /** Learns from a completed call who was made. */
  learn(call: Call): void {
    if (!makesThread(call)) return;
    if (FORKS.has(call.name)) this.#tables.set(call.result, call.result);
    else if (call.args.length > 0) {
      const shares = (call.args[0] & CLONE_FILES) !== 0;
      const table = shares ? this.tableOf(call.tid) : call.result;
      if (table !== 0) this.#tables.set(call.result, table);
    }
  }
}
