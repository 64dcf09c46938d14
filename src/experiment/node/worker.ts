import { parentPort, workerData } from 'node:worker_threads';
import { loadRun, perform } from './perform.ts';
import type { Done, Job, WorkerData } from './protocol.ts';

/** A worker does the runs it is sent, one after the other, until it is terminated. */
const { runModule, engine } = workerData as WorkerData;
const run = await loadRun(runModule);
parentPort!.on('message', ({ index, spec }: Job) => {
  void perform(run, spec, engine).then((outcome) => parentPort!.postMessage({ index, outcome } satisfies Done, []));
});
