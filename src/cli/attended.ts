import type { Context } from './context.ts';
import { Progress } from './progress.ts';

/** Does long work that shows its progress on the log and that Ctrl-C stops. */
export async function attended<T>(
  context: Context,
  workers: number,
  work: (progress: Progress, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal, dispose } = context.interruption();
  const { err: write, isTerminal } = context;
  const progress = new Progress({ write, isTerminal, now: () => performance.now(), workers });
  try {
    return await work(progress, signal);
  } finally {
    progress.end();
    dispose();
  }
}
