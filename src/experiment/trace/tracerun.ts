import type { RunResult, RunSpec } from '../../archive/rows.ts';
import type { TraceEvent, TraceKind, TraceScene } from '../../kernel/tracingdoor.ts';
import { NativeEngine } from '../../sim/nativeengine.ts';
import { run } from '../run.ts';
import { TRACE_FORMATS, type TraceFormatName } from './formats.ts';

/** What to write of a run, and where. */
export interface TraceRequest {
  readonly format: TraceFormatName;
  /** Microseconds of simulated time, from boot. */
  readonly from: number;
  readonly to: number;
  readonly write: (text: string) => void;
}

/** A traced run, and how many events of each kind were written. */
export interface Traced {
  readonly result: RunResult;
  readonly counts: Readonly<Partial<Record<TraceKind, number>>>;
}

/** Cores run ahead of each other by a window and the kernel code they are in: far less than this, in microseconds. */
const AHEAD_US = 1000;
/** Events that are held back at least before the oldest are written. */
const HELD = 8192;

/** The lines of an event that waits for earlier ones of other cores. */
interface Waiting {
  readonly us: number;
  readonly lines: readonly string[];
}

/** Repeats a run and writes what happened in it, in the order of time; what happened at the same time, in the order of simulation. */
export function traceRun(spec: RunSpec, request: TraceRequest): Traced {
  const writer = new TraceWriter(request);
  const result = run(spec, { engine: new NativeEngine(), tracer: (event, scene) => writer.take(event, scene) });
  writer.end();
  return { result, counts: writer.counts };
}

class TraceWriter {
  readonly counts: Partial<Record<TraceKind, number>> = {};
  readonly #request: TraceRequest;
  #isFirst = true;
  #waiting: Waiting[] = [];
  #latest = 0;

  constructor(request: TraceRequest) {
    this.#request = request;
    this.#write(TRACE_FORMATS[request.format].head);
  }

  take(event: TraceEvent, scene: TraceScene): void {
    const { from, to, format } = this.#request;
    const us = scene.clock.ns(event.time) / 1000;
    if (us < from || us >= to) return;
    this.counts[event.kind] = (this.counts[event.kind] ?? 0) + 1;
    this.#waiting.push({ us, lines: TRACE_FORMATS[format].lines(event, scene) });
    this.#latest = Math.max(this.#latest, us);
    if (this.#waiting.length % HELD === 0) this.#release(this.#latest - AHEAD_US);
  }

  /** Writes what waits from before a time. */
  #release(before: number): void {
    const sorted = this.#waiting.toSorted((a, b) => a.us - b.us);
    const first = sorted.findIndex(({ us }) => us >= before);
    const count = first < 0 ? sorted.length : first;
    for (const { lines } of sorted.slice(0, count)) this.#write(lines);
    this.#waiting = sorted.slice(count);
  }

  #write(lines: readonly string[]): void {
    const { format, write } = this.#request;
    const { begin, between } = TRACE_FORMATS[format];
    for (const line of lines) {
      write((this.#isFirst ? begin : between) + line);
      this.#isFirst = false;
    }
  }

  end(): void {
    this.#release(Infinity);
    const { begin, end } = TRACE_FORMATS[this.#request.format];
    this.#request.write(this.#isFirst ? begin + end : end);
  }
}
