const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** One Ctrl-C may come twice at once: from the terminal, and from the npm or the launcher that passes it on. */
const ECHO_MS = 250;

/** Aborts at the first Ctrl-C or request to end; soon after that the signals have their usual effect, so that a second one kills. */
export function interruption(): { readonly signal: AbortSignal; readonly dispose: () => void } {
  const stop = new AbortController();
  const dispose = (): void => SIGNALS.forEach((name) => process.off(name, abort));
  const abort = (): void => {
    if (!stop.signal.aborted) setTimeout(dispose, ECHO_MS).unref();
    stop.abort();
  };
  for (const name of SIGNALS) process.on(name, abort);
  return { signal: stop.signal, dispose };
}
