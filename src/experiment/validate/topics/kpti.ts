import { LINE_BYTES } from '../../../sim/units.ts';
import type { Bench, Time } from '../lab.ts';
import type { Comparison } from '../patterns.ts';
import type { Pattern } from '../pattern.ts';
import { prefetchersOf, type Scenario } from '../scenario.ts';

/** Points by which an overhead may deviate. */
const POINT = 1;
/** Working set of the published runs: 100 MB (series_s1bench.sh). */
const PAGES = 25_600;
/** Reads between two calls from which the time of one is found. */
const PROBES = [512, 1024] as const;
const PER_SECOND = 1e6;

const think = (bench: Bench, reads: number, kpti: boolean | undefined): Time =>
  bench.ask('think', {
    host: { ...bench.host, kpti },
    params: { bytes: reads * LINE_BYTES, pages: PAGES },
    profile: prefetchersOf(bench),
  });

/** Reads that leave so many thousand calls a second where user and kernel share their page tables. */
function readsFor(bench: Bench, kilo: number): number {
  const [few, many] = PROBES.map((reads) => think(bench, reads, false).ns);
  const each = (many - few) / (PROBES[1] - PROBES[0]);
  return Math.max(1, Math.round((PER_SECOND / kilo - few) / each + PROBES[0]));
}

/** Calls at a given rate, with work on memory between them. */
export const kptiScenarios = {
  think: {
    doc: 's1bench (Gregg 2018): a call, then reads over 100 MB, as many as leave so many thousand calls a second without KPTI',
    tolerance: POINT,
    time: (bench, [kilo = 50]) => think(bench, readsFor(bench, kilo), bench.host.kpti),
  },
} as const satisfies Record<string, Scenario>;

type Kind = Comparison['kind'];
type Compare = NonNullable<Pattern['compare']>;

/** With separate page tables against shared ones, with tags or without. */
const split =
  (kind: Kind, tolerance: number, pcid?: false): Compare =>
  () => ({
    kind,
    tolerance,
    first: { kpti: true, ...(pcid === false ? { pcid } : {}) },
    against: { kpti: false, ...(pcid === false ? { pcid } : {}) },
  });
const rate = (words: string, compare: Compare, unit = /^%/): Pattern => ({
  match: new RegExp(words, 'i'),
  unit,
  scenario: 'think',
  compare,
});

/**
 * What KPTI costs at a rate of calls. A figure that says nothing of tags is one without them: so are those of Gregg's text, by the raw output that he
 * published (github.com/brendangregg/Misc, s1bench: at 48 800 calls a second 2.40 % with `nopcid`, 0.91 % with tags).
 */
export const kptiPatterns: readonly Pattern[] = [
  rate(String.raw`(\d+)k syscalls.*(?:no PCID|without PCID|nopcid)`, split('rise', POINT, false)),
  rate(String.raw`(\d+)k syscalls.*\bPCID`, split('rise', POINT)),
  rate(String.raw`kpti overhead.*?(\d+)k`, split('rise', POINT, false)),
  rate(String.raw`implied cost per syscall at (\d+)k`, split('saving', 0.3, false), /^(?:ns|us|cycles)/),
];
