import type { Call, Capture } from '../../import/call.ts';
import type { LineReader } from '../../import/linereader.ts';
import { looksLikePerf, PerfReader } from '../../import/perf.ts';
import { looksLikePerfTrace, PerfTraceReader } from '../../import/perftrace.ts';
import type { Problems } from '../../import/problems.ts';
import { looksLikeStrace, StraceReader } from '../../import/strace.ts';
import { readLines } from './lines.ts';

/** A form of listing that can be imported. */
interface Format {
  readonly tool: Capture['tool'];
  /** Whether a line is in this form. */
  readonly isLine: (line: string) => boolean;
  readonly reader: (problems: Problems, comms: Map<number, string>) => LineReader;
}

/** The forms of listings, most particular first. */
export const FORMATS = {
  perf: { tool: 'perf', isLine: looksLikePerf, reader: (problems, comms) => new PerfReader(problems, comms) },
  perftrace: {
    tool: 'perf',
    isLine: looksLikePerfTrace,
    reader: (problems, comms) => new PerfTraceReader(problems, comms),
  },
  strace: { tool: 'strace', isLine: looksLikeStrace, reader: (problems) => new StraceReader(problems) },
} as const satisfies Record<string, Format>;
/** Name of a form. */
export type FormatName = keyof typeof FORMATS;

/** A listing in a file, plain or gzip; every pass reads it again, so that memory does not grow with it. */
export class FileCapture implements Capture {
  readonly path: string;
  readonly format: FormatName;

  constructor(path: string, format: FormatName) {
    this.path = path;
    this.format = format;
  }

  /** The program that made the listing. */
  get tool(): Capture['tool'] {
    return FORMATS[this.format].tool;
  }

  async *calls(problems: Problems, comms = new Map<number, string>()): AsyncGenerator<readonly Call[]> {
    const reader = FORMATS[this.format].reader(problems, comms);
    for await (const lines of readLines(this.path, problems)) {
      const calls: Call[] = [];
      for (const line of lines) {
        const call = reader.read(line);
        if (call !== undefined) calls.push(call);
      }
      yield calls;
    }
  }
}
