import { Worker } from 'node:worker_threads';
import type { RunSpec } from '../../archive/rows.ts';
import type { Done, EngineName, Job, RunOutcome } from './protocol.ts';

/** How to do a list of runs. */
export interface PoolOptions {
  /** Runs at the same time. */
  readonly workers: number;
  readonly runModule: string;
  readonly engine: EngineName;
  /** Stops the pool at once: runs under way are lost, finished ones have been reported. */
  readonly signal?: AbortSignal;
  /** Told of every run as it ends, in the order of ending. */
  readonly onDone?: (index: number, outcome: RunOutcome) => void;
}

const WORKER = new URL('./worker.ts', import.meta.url);

/**
 * Does the runs on worker threads. Outcomes come in the order of `specs` whatever the order of ending; undefined for runs that a
 * stop left out. A worker that dies fails its run alone and is replaced.
 */
export async function runPool(specs: readonly RunSpec[], options: PoolOptions): Promise<(RunOutcome | undefined)[]> {
  const outcomes: (RunOutcome | undefined)[] = Array.from({ length: specs.length });
  const queue: Job[] = specs.map((spec, index) => ({ index, spec }));
  const settle = ({ index, outcome }: Done): void => {
    outcomes[index] = outcome;
    options.onDone?.(index, outcome);
  };
  const count = Math.min(Math.max(1, options.workers), specs.length);
  await Promise.all(Array.from({ length: count }, () => workThrough(queue, settle, options)));
  return outcomes;
}

/** One lane of the pool: a worker, and another one after each that dies. */
async function workThrough(queue: Job[], settle: (done: Done) => void, options: PoolOptions): Promise<void> {
  while (queue.length > 0 && options.signal?.aborted !== true) await drain(queue, settle, options);
}

/** Feeds one worker until the queue is empty, the worker dies or the pool is stopped. */
function drain(queue: Job[], settle: (done: Done) => void, options: PoolOptions): Promise<void> {
  const { runModule, engine, signal } = options;
  const worker = new Worker(WORKER, { workerData: { runModule, engine }, stdout: true });
  worker.stdout.pipe(process.stderr, { end: false }); // what a model prints must not get into the command's own output
  let job = queue.shift();
  return new Promise((resolve, reject) => {
    const stop = (): void => void worker.terminate();
    const next = (): void => {
      if (job === undefined || signal?.aborted === true) stop();
      else worker.postMessage(job, []);
    };
    const attempt = (act: () => void): void => {
      try {
        act();
      } catch (error) {
        stop();
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const die = (message: string, log: string): void => {
      if (job !== undefined && signal?.aborted !== true) settle({ index: job.index, outcome: died(message, log) });
      job = undefined;
    };
    worker.on('message', (done: Done) =>
      attempt(() => {
        job = undefined;
        settle(done);
        job = signal?.aborted === true ? undefined : queue.shift();
        next();
      }),
    );
    worker.on('error', (error: Error) => attempt(() => die(error.message, `${error.stack ?? error.message}\n`)));
    worker.on('exit', (code) => {
      signal?.removeEventListener('abort', stop);
      attempt(() => die(`the worker ended with code ${code}`, ''));
      resolve();
    });
    signal?.addEventListener('abort', stop, { once: true });
    next();
  });
}

function died(message: string, log: string): RunOutcome {
  return { kind: 'failed', message, log: log === '' ? `${message}\n` : log, host: { seconds: 0, memoryBytes: 0 } };
}
