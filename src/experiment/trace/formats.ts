import type { TraceEvent, TraceScene } from '../../kernel/tracingdoor.ts';
import { perfettoLines, TRACK_NAMES } from './perfetto.ts';
import { perfLine } from './perftext.ts';

/** How a trace is written: what comes first, between lines and last, the lines before those of events, and the lines of one event. */
export interface TraceFormat {
  readonly doc: string;
  readonly begin: string;
  readonly head: readonly string[];
  readonly between: string;
  readonly end: string;
  lines(event: TraceEvent, scene: TraceScene): readonly string[];
}

/** Formats by name. */
export const TRACE_FORMATS = {
  perf: {
    doc: 'lines of `perf script`, which `ringsim import perf` reads',
    begin: '',
    head: [],
    between: '\n',
    end: '\n',
    lines: (event, scene) => [perfLine(event, scene)],
  },
  perfetto: {
    doc: 'JSON for ui.perfetto.dev and chrome://tracing',
    begin: '[\n',
    head: TRACK_NAMES,
    between: ',\n',
    end: '\n]\n',
    lines: perfettoLines,
  },
} as const satisfies Record<string, TraceFormat>;
/** Name of a format. */
export type TraceFormatName = keyof typeof TRACE_FORMATS;
