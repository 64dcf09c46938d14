const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Aborts at the first Ctrl-C or request to end; after that the signals have their usual effect, so that a second one kills. */
export function interruption(): { readonly signal: AbortSignal; readonly dispose: () => void } {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  for (const name of SIGNALS) process.once(name, abort);
  return { signal: stop.signal, dispose: () => SIGNALS.forEach((name) => process.off(name, abort)) };
}
