import { ConfigError } from '../../sim/errors.ts';
import { TwoLevelCaches } from './caches.ts';
import { nameCounters, type Counters } from './counters.ts';
import { checkGeometry, type Geometry } from './geometry.ts';
import { LackeyReader, type MalformedLine } from './lackeyreader.ts';

/** What a trace comes to. `lines` is the sum of references, `skipped` and `malformedLines`; `malformed` names the first 100 of these. */
export interface TraceReplay {
  readonly counters: Counters;
  readonly lines: number;
  readonly skipped: number;
  readonly malformedLines: number;
  readonly malformed: readonly MalformedLine[];
}

/** Replays a lackey trace piece by piece: `add` each in order, then take the `result`. Memory does not grow with the trace. */
export class TraceReplayer {
  readonly #caches: TwoLevelCaches;
  readonly #reader: LackeyReader;
  readonly #encoder = new TextEncoder();

  /** Throws a ConfigError that lists everything for which cachegrind would refuse the geometry. */
  constructor(geometry: Geometry) {
    const problems = checkGeometry(geometry);
    if (problems.length > 0) throw new ConfigError(problems);
    this.#caches = new TwoLevelCaches(geometry);
    this.#reader = new LackeyReader(geometry, (words, length) => this.#caches.run(words, length));
  }

  /** Takes a chunk of bytes, cut anywhere, or one line of text without its newline. */
  add(piece: Uint8Array | string): void {
    this.#reader.add(typeof piece === 'string' ? this.#encoder.encode(`${piece}\n`) : piece);
  }

  /** Ends the trace. */
  result(): TraceReplay {
    this.#reader.end();
    const { references, lines, skipped, malformedLines, malformed } = this.#reader;
    const { misses, lastMisses } = this.#caches;
    return { counters: nameCounters(references, misses, lastMisses), lines, skipped, malformedLines, malformed };
  }
}

/** Counts what cachegrind 3.19 counts for the program whose lackey trace this is: lines of text or chunks of bytes. */
export function replayTrace(pieces: Iterable<Uint8Array | string>, geometry: Geometry): TraceReplay {
  const replayer = new TraceReplayer(geometry);
  for (const piece of pieces) replayer.add(piece);
  return replayer.result();
}
