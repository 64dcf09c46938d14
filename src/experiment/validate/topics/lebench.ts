import type { Comparison } from '../patterns.ts';
import type { Pattern } from '../pattern.ts';
import { prefetchersOf, QUIET, sumOfTimes, SWITCHING, type Scenario } from '../scenario.ts';

/** Descriptors of its small tests, and pages of what it calls small, medium and big; the micro-benchmarks have no more than 256 pages. */
const DESCRIPTORS = 10;
const PAGE_BYTES = 4096;
const PAGES = { small: 1, med: 10, big: 256 } as const;

/** A call as LEBench times it (TEST_DIR/OS_Eval.c): between two readings of the clock through the vDSO, one of which it counts. */
const clocked = (operation: string, doc: string, param = 'bytes', otherwise = 1): Scenario => ({
  doc,
  tolerance: QUIET,
  time: ({ ask }, [size = otherwise]) => sumOfTimes(ask(operation, { params: { [param]: size } }), ask('vdso')),
});

/** The tests of LEBench (SOSP 2019), and of the program that Unikernel Linux made from it. */
export const lebenchScenarios = {
  'lebench-null': clocked('null', 'getppid, timed call by call'),
  'lebench-read': clocked('read-pages', 'read of cached pages, timed call by call'),
  'lebench-read-on': {
    doc: 'read on through a long file, as Unikernel Linux does (new_lebench.c: 10 000 reads of a file, one after the other), timed call by call',
    tolerance: QUIET,
    time: (bench, [bytes = 1]) =>
      sumOfTimes(bench.ask('read-on', { params: { bytes }, profile: prefetchersOf(bench) }), bench.ask('vdso')),
  },
  'lebench-write': clocked('write-pages', 'write of cached pages, timed call by call'),
  'lebench-send': clocked('unix-send', 'sendto through an AF_UNIX stream, timed call by call'),
  'lebench-receive': clocked('unix-receive', 'recvfrom of an AF_UNIX stream, timed call by call'),
  'lebench-mmap': clocked('mmap-call', 'mmap alone, timed call by call', 'pages'),
  'lebench-poll': clocked('poll', 'poll of ten descriptors, timed call by call', 'descriptors', DESCRIPTORS),
  'lebench-epoll': clocked(
    'epoll-full',
    'epoll_wait on ten descriptors that are all ready, timed call by call',
    'descriptors',
    DESCRIPTORS,
  ),
  'lebench-switch': {
    doc: 'what LEBench calls a context switch: a byte there and back through two pipes between processes on one core',
    tolerance: SWITCHING,
    time: ({ ask }) => ask('ring', { params: { pages: 0 } }),
  },
} as const satisfies Record<string, Scenario>;

/** Kernels against that of 4.13: 4.14 brought separate page tables, 4.15 retpolines. */
const against413 = (): Comparison => ({ kind: 'ratio', first: { kpti: true }, against: { kpti: false } });
const retpolines = (): Comparison => ({ ...against413(), first: { kpti: true, machine: 'haswell-2018' } });

const tests: readonly Pick<Pattern, 'match' | 'scenario' | 'args'>[] = [
  ...Object.entries(PAGES).flatMap(([size, pages]) => [
    { match: new RegExp(`^${size} read`), scenario: 'lebench-read' as const, args: [pages * PAGE_BYTES] },
    { match: new RegExp(`^${size} write`), scenario: 'lebench-write' as const, args: [pages * PAGE_BYTES] },
  ]),
  { match: /\bmmap/, scenario: 'lebench-mmap', args: [] },
  { match: /\bepoll/, scenario: 'lebench-epoll', args: [] },
  { match: /\bpoll/, scenario: 'lebench-poll', args: [] },
  { match: /^context switch/, scenario: 'lebench-switch', args: [] },
];

/** Unikernel Linux (EuroSys 2023), figure 1: its program new_lebench.c reads the clock around each call too. */
const ukl = (metric: string, scenario: Pattern['scenario'], args: Pattern['args'] = []): Pattern => ({
  match: new RegExp(`^${metric} latency; (?:linux|ukl)`, 'i'),
  scenario,
  args,
  beside: 'relative',
});

/** Ratios between the kernels that LEBench compares, and the calls of Unikernel Linux. */
export const lebenchPatterns: readonly Pattern[] = [
  ukl('getppid', 'lebench-null'),
  ukl('read 1B', 'lebench-read', [1]),
  ukl('write 1B', 'lebench-write', [1]),
  ukl('send(?:to|msg)?(?: 1B)?', 'lebench-send', [1]),
  ukl('recv(?:from|msg)?(?: 1B)?', 'lebench-receive', [1]),
  ...tests.map((test) => ratio(test, '4.15', retpolines)),
  ...tests.map((test) => ratio(test, '4.14', against413)),
];

function ratio(test: (typeof tests)[number], kernel: string, compare: () => Comparison): Pattern {
  const match = new RegExp(`${test.match.source}.*ratio ${kernel.replace('.', '\\.')}/4\\.13`, 'i');
  return { ...test, match, compare };
}
