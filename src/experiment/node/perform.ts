import type { RunSpec } from '../../archive/rows.ts';
import type { EngineName, RunFunction, RunOutcome } from './protocol.ts';

/** Loads the `run` of a module. */
export async function loadRun(runModule: string): Promise<RunFunction> {
  const module = (await import(runModule)) as { run?: unknown };
  if (typeof module.run !== 'function') throw new Error(`${runModule} exports no function "run"`);
  return module.run as RunFunction;
}

/** One run with its use of the host; a throw becomes a failed outcome with its stack. */
export async function perform(run: RunFunction, spec: RunSpec, engine: EngineName): Promise<RunOutcome> {
  const start = performance.now();
  const host = () => ({ seconds: (performance.now() - start) / 1000, memoryBytes: process.memoryUsage().heapUsed });
  try {
    const result = await run(spec, { engine });
    return { kind: 'finished', result, host: host() };
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return { kind: 'failed', message, log: `${stack ?? message}\n`, host: host() };
  }
}
