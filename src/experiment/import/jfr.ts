import type { Problems } from './problems.ts';
import { Tally } from './tally.ts';

/** Times of one kind of event: how many, their sum and quantiles [ns]. */
export interface EventTimes {
  readonly events: number;
  readonly totalNs: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly maxNs: number;
  /** Bytes that were read or written; null for events that move none. */
  readonly bytes: number | null;
}

/** What a Java flight recording says of a server's time. */
export interface JfrSummary {
  readonly events: number;
  /** From the first event to the last [s]. */
  readonly seconds: number;
  /** CPUs of the machine; null where the recording does not say. */
  readonly cpus: number | null;
  /** CPU time of the virtual machine [s]: each sample of its load for the time since the one before; null without samples or without CPUs. */
  readonly userSeconds: number | null;
  readonly systemSeconds: number | null;
  /** Share of the time in which collections stopped all threads. */
  readonly pauseShare: number;
  /** By event, in the order of the table; events below the recording's threshold (10 or 20 ms by default) are not in it. */
  readonly times: Readonly<Record<string, EventTimes>>;
  /** CPU load by thread, as a share of the machine, mean of its samples. */
  readonly threads: readonly { readonly name: string; readonly user: number; readonly system: number }[];
}

/** Events whose durations count, and the field that holds bytes. */
const TIMED: Readonly<Record<string, string | null>> = {
  'jdk.GCPhasePause': null,
  'jdk.Compilation': null,
  'jdk.JavaMonitorEnter': null,
  'jdk.JavaMonitorWait': null,
  'jdk.ThreadPark': null,
  'jdk.ThreadSleep': null,
  'jdk.SocketRead': 'bytesRead',
  'jdk.SocketWrite': 'bytesWritten',
  'jdk.FileRead': 'bytesRead',
  'jdk.FileWrite': 'bytesWritten',
};
const DURATION = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,9}))?S)?$/;
const SECOND = 1e9;

/** Fields of an event: those of its values that are numbers or texts, and the name of its thread. */
export type JfrFields = Readonly<Record<string, string | number>>;

/** Nanoseconds of `PT1M2.5S`; NaN for anything else. */
export function durationNs(text: unknown): number {
  const match = typeof text === 'string' ? DURATION.exec(text) : null;
  if (match === null) return NaN;
  const [hours = '0', minutes = '0', seconds = '0', fraction = ''] = match.slice(1);
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * SECOND + Number(fraction.padEnd(9, '0'));
}

/** Nanoseconds of `2026-11-23T10:46:56.316261342Z` since 1970, exact to some hundred; NaN for anything else. */
function timeNs(text: unknown): number {
  return typeof text === 'string' ? Date.parse(text) * 1e6 : NaN;
}

interface Load {
  samples: number;
  user: number;
  system: number;
}

/** Adds up the events of a recording. */
export class JfrTotals {
  #events = 0;
  #start = Infinity;
  #end = -Infinity;
  #cpus = NaN;
  readonly #load: Load = { samples: 0, user: 0, system: 0 };
  #sampled = NaN;
  readonly #threads = new Map<string, Load>();
  readonly #times = new Map<string, { readonly tally: Tally; bytes: number }>();

  /** Takes one event. */
  take(type: string, fields: JfrFields): void {
    this.#events++;
    const start = timeNs(fields['startTime']);
    if (start < this.#start) this.#start = start;
    if (start > this.#end) this.#end = start;
    if (type === 'jdk.CPUInformation') this.#cpus = Number(fields['hwThreads']);
    if (type === 'jdk.CPULoad') this.#sample(start, fields);
    if (type === 'jdk.ThreadCPULoad') this.#thread(fields);
    if (Object.hasOwn(TIMED, type)) this.#timed(type, fields);
  }

  /** A sample is the mean load since the sample before it, or since the recording began. */
  #sample(time: number, fields: JfrFields): void {
    const seconds = Math.max(0, time - (Number.isNaN(this.#sampled) ? this.#start : this.#sampled)) / SECOND;
    this.#sampled = time;
    addLoad(this.#load, Number(fields['jvmUser'] ?? 0) * seconds, Number(fields['jvmSystem'] ?? 0) * seconds);
  }

  #thread(fields: JfrFields): void {
    const name = String(fields['thread'] ?? 'unnamed').replace(/\d+/g, '*');
    const load = this.#threads.get(name) ?? { samples: 0, user: 0, system: 0 };
    this.#threads.set(name, load);
    addLoad(load, fields['user'], fields['system']);
  }

  #timed(type: string, fields: JfrFields): void {
    const ns = durationNs(fields['duration']);
    if (Number.isNaN(ns)) return;
    const known = this.#times.get(type) ?? { tally: new Tally(), bytes: 0 };
    this.#times.set(type, known);
    known.tally.add(ns);
    const field = TIMED[type];
    if (field !== null) known.bytes += Math.max(0, Number(fields[field] ?? 0));
  }

  /** What all events say together. */
  summary(): JfrSummary {
    const seconds = Math.max(0, this.#end - this.#start) / SECOND;
    const { samples, user, system } = this.#load;
    const hasLoad = samples > 0 && this.#cpus > 0;
    const times = Object.keys(TIMED).flatMap((type) => {
      const found = this.#times.get(type);
      return found === undefined ? [] : [[type, timesOf(type, found.tally, found.bytes)] as const];
    });
    const pauses = this.#times.get('jdk.GCPhasePause')?.tally.sum ?? 0;
    return {
      events: this.#events,
      seconds,
      cpus: this.#cpus > 0 ? this.#cpus : null,
      userSeconds: hasLoad ? user * this.#cpus : null,
      systemSeconds: hasLoad ? system * this.#cpus : null,
      pauseShare: seconds > 0 ? pauses / SECOND / seconds : 0,
      times: Object.fromEntries(times),
      threads: [...this.#threads]
        .map(([name, load]) => ({ name, user: load.user / load.samples, system: load.system / load.samples }))
        .toSorted((a, b) => b.user + b.system - a.user - a.system),
    };
  }
}

function addLoad(load: Load, user: unknown, system: unknown): void {
  load.samples++;
  load.user += Number(user ?? 0);
  load.system += Number(system ?? 0);
}

function timesOf(type: string, tally: Tally, bytes: number): EventTimes {
  return {
    events: tally.n,
    totalNs: tally.sum,
    p50Ns: tally.lowest(0.5),
    p99Ns: tally.lowest(0.99),
    maxNs: tally.lowest(1),
    bytes: TIMED[type] === null ? null : bytes,
  };
}

const TYPE = /^ {6}"type": "([\w.]+)"/;
const FIELD = /^ {8}"(\w+)": ("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*)/;
const THREAD_NAME = /^ {10}"(?:javaName|osName)": "((?:[^"\\]|\\.)*)"/;

/**
 * Reads the lines that `jfr print --json` writes, with its indents, so that recordings of any size fit: types at 6 blanks, fields at 8, the
 * names of a thread at 10. Structures inside fields, such as stack traces, are passed over.
 */
export class JfrLines {
  readonly #totals: JfrTotals;
  readonly #problems: Problems;
  #line = 0;
  #type = '';
  #fields: Record<string, string | number> = {};

  constructor(totals: JfrTotals, problems: Problems) {
    this.#totals = totals;
    this.#problems = problems;
  }

  /** Takes one line. */
  read(line: string): void {
    this.#line++;
    if (line.startsWith('            ')) return;
    const type = TYPE.exec(line);
    if (type !== null) this.#begin(type[1]);
    else if (line.startsWith('          ')) this.#name(line);
    else if (line.startsWith('        ')) this.#field(line);
    else if (line !== '' && !/^[\s{}[\]",:\w]*$/.test(line))
      this.#problems.note('line not of jfr print --json', this.#line);
  }

  /** Ends the last event. */
  finish(): void {
    if (this.#type !== '') this.#totals.take(this.#type, this.#fields);
    this.#type = '';
  }

  #begin(type: string): void {
    this.finish();
    this.#type = type;
    this.#fields = {};
  }

  #name(line: string): void {
    const name = THREAD_NAME.exec(line);
    if (name !== null) this.#fields['thread'] ??= name[1];
  }

  #field(line: string): void {
    const match = FIELD.exec(line);
    if (match === null) return;
    const [, key, text] = match;
    this.#fields[key] = text.startsWith('"') ? text.slice(1, -1) : Number(text);
  }
}
