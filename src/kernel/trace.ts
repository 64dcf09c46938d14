import type { Process } from './process.ts';

/** How a thread is traced: stopped or not, at its calls or only when asked, and what its tracer has seen. */
export class Trace {
  readonly tracer: Process;
  isStopped = false;
  stopsAtCalls = false;
  /** Whether it has stopped before the call that it is in. */
  isInCall = false;
  /** Whether it has stopped for the signal that waits. */
  hasShownSignal = false;

  constructor(tracer: Process) {
    this.tracer = tracer;
  }
}
