/** CPU time per request without a tracer [ns]. */
export interface Untraced {
  readonly userNs: number;
  readonly systemNs: number | null;
}

/** Calls per request counted without tracing every call, and their spread over repeated counts. */
export interface Counted {
  readonly calls: ReadonlyMap<string, number>;
  readonly ranges: ReadonlyMap<string, readonly [number, number]>;
}
