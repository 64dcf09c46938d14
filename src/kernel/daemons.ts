import type { PageTable } from '../hw/pagetable.ts';
import { STACK_LINES, type KernelMemory } from './memory.ts';
import { KERNEL_PID, type Process } from './process.ts';
import { Thread } from './thread.ts';
import { ORDINARY, type Urgency } from './sched/task.ts';
import { Authority } from './semantics/gate.ts';
import { UserMemory } from './usermemory.ts';
import { WaitQueue } from './waitqueue.ts';

/** Thread ids of daemons lie above all that programs get. Source: Linux PID_MAX_LIMIT. */
const FIRST_TID = 1 << 22;

/** Makes kernel threads that stay on one core. They have no user code: `cpl` 3 says that a switch to one sets nothing up for code at CPL 0. */
export class Daemons {
  readonly #memory: KernelMemory;
  #process: Process | undefined = undefined;
  #made = 0;

  constructor(memory: KernelMemory) {
    this.#memory = memory;
  }

  /** A kernel thread, of nice 0 unless it is to be more urgent, which is to be woken. */
  make(name: string, core: number, urgency: Urgency = ORDINARY): Thread {
    this.#process ??= kernelProcess(this.#memory.userTable());
    const { policy, priority } = urgency;
    const wishes = { ...ORDINARY, policy, priority, affinity: [core] };
    const thread = new Thread(FIRST_TID + this.#made++, name, this.#process, wishes, this.#memory.data(STACK_LINES), 0);
    thread.lastCore = core;
    this.#process.family.threads.set(thread.tid, thread);
    return thread;
  }
}

function kernelProcess(table: PageTable): Process {
  const family = {
    parent: undefined,
    threads: new Map(),
    ended: [],
    childEnd: new WaitQueue(),
    living: 0,
    stops: [],
    tracees: 0,
  };
  return {
    pid: KERNEL_PID,
    name: 'kthreadd',
    authority: Authority.None,
    table,
    userTag: 0,
    kernelTag: 0,
    functions: [],
    files: [],
    words: new Int32Array(0),
    futexes: new Map(),
    memory: new UserMemory(0, 0),
    family: { ...family, spawn: () => -1, onEnd: () => {} },
  };
}
