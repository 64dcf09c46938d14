import type { Pattern } from './pattern.ts';
import type { ScenarioName } from './scenarios.ts';
import { kptiPatterns } from './topics/kpti.ts';
import { lebenchPatterns } from './topics/lebench.ts';
import { managedPatterns } from './topics/managed.ts';
import { memoryPatterns } from './topics/memory.ts';
import { pollutionPatterns } from './topics/pollution.ts';
import { primitivePatterns } from './topics/primitives.ts';
import { serverPatterns } from './topics/servers.ts';
import { storagePatterns } from './topics/storage.ts';
import { unikernelPatterns } from './topics/unikernel.ts';
import { userMemoryPatterns } from './topics/usermemory.ts';

/** What the metric of a target asks for. */
export interface Reading {
  readonly scenario: ScenarioName;
  readonly policy: string;
  /** Numbers for the scenario, in its order. */
  readonly args: readonly number[];
  readonly compare: Comparison;
  /** How a time under another policy is compared when the file also has the one of the stock kernel. */
  readonly beside: Beside;
}

/** By itself, by the share of the stock kernel's time (points), or by what it saves of it. */
export type Beside = 'absolute' | 'relative' | 'saving';

/** Two variants of a machine or of a policy whose times are compared. */
export interface Comparison {
  /** How the number is made: a time, the ratio of two, their difference, a share of time at a rate of calls, the rise of a rate, or the change of a number. */
  readonly kind: 'time' | 'ratio' | 'speedup' | 'saving' | 'load' | 'gain' | 'rise' | 'change';
  /** What the second variant changes; the first is the target's own machine under its policy. */
  readonly against?: {
    readonly policy?: string;
    readonly kpti?: boolean;
    readonly pcid?: false;
    readonly machine?: string;
  };
  /** What the first variant changes. */
  readonly first?: { readonly kpti?: boolean; readonly pcid?: false; readonly machine?: string };
  /** Calls in a second, for `load`. */
  readonly rate?: number;
  /** In place of the scenario's tolerance. */
  readonly tolerance?: number;
}

/** Words in metrics that name a policy, first match wins. */
const POLICIES: readonly (readonly [RegExp, string, Beside])[] = [
  [/(?:ukl|ret)[_ -]?byp/i, 'ukl-bypass', 'relative'],
  [/ukl base|ukl.*call\/ret/i, 'ukl-base', 'relative'],
  [/shortcut/i, 'ukl-shortcut', 'relative'],
  [/(?<!no)kml|ring-?0 direct|kernel mode linux/i, 'kernelmode', 'saving'],
  [/userspace[- ]bypass/i, 'userspace-bypass', 'relative'],
  [/flexsc/i, 'flexsc', 'relative'],
  [/privbox/i, 'privbox', 'relative'],
  [/^singularity:/i, 'singularity', 'absolute'],
];
/**
 * Systems whose programs run in kernel mode throughout, by names that a source may have. Lupine's programs call an entry of the kernel with the number
 * of the call (`call *__sysinfo` in its patch of musl), which saves registers and looks the function up; OSv's call the function itself.
 */
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/lupine/i, 'ukl-base'],
  [/\bosv\b/i, 'kernelmode'],
];
/** Systems that the model does not have, and figures that no operation stands for. */
const FOREIGN =
  /freebsd|: dune\b|windows|sel4|\bgain at\b|throughput|redis|memcached|nginx|slowdown vs|payload|evicted|instructions|\bIPC\b|application|faster|bpf|lookup|hardware pair|software entry|body \+ call|enosys|O_DIRECT|2m_|thp|huge|memfd|thread_cross|plus_touch/i;

/** Rates of servers under policies of the model. */
const SERVED = /^redis(?:-type)? throughput gain with/i;

/** Names of operations in metrics, first match wins; numbers in parentheses become arguments. */
const SCENARIOS: readonly (readonly [RegExp, ScenarioName])[] = [
  [SERVED, 'redis'],
  [/^ptrace: linux/i, 'traced-call'],
  [/5-syscall loop/i, 'five-calls'],
  [/cycles per syscall in that loop/i, 'per-call'],
  [/vdso/i, 'vdso'],
  [/clock_gettime/i, 'clock'],
  [/gettimeofday/i, 'gettimeofday'],
  [/null i\/?o/i, 'null-io'],
  [/(?:simple write|write.{0,5}dev.?null)/i, 'write-null'],
  [/(?:simple read|read.{0,7}dev.?zero)/i, 'read-null'],
  [/io_uring.?nop.*batch ?(\d+)/i, 'uring-nop'],
  [/io_uring.?read.?4k.*batch ?(\d+)/i, 'uring-read'],
  [/membarrier.*peer/i, 'membarrier-peer'],
  [/membarrier/i, 'membarrier'],
  [/mprotect\D*(\d+) ?pages?.*shootdown/i, 'shootdown'],
  [/shootdown|ipi round/i, 'shootdown-round'],
  [/mprotect\D*(\d+) ?pages?.pair$/i, 'mprotect'],
  [/prot(?:ection)? ?fault/i, 'protection-fault'],
  [/page.?fault/i, 'page-fault'],
  [/mmap\D*(\d+) ?page/i, 'mmap'],
  [/mmap/i, 'mmap'],
  [/sig.*inst/i, 'signal-install'],
  [/sig.*(?:handle|hndl|overhead|catch)/i, 'signal'],
  [/(?:ctx|context.switch)\D*(\d+) ?p ?\/ ?(\d+) ?k/i, 'switch'],
  [/context.switch.*unpinned/i, 'switch-free'],
  [/pipe.*context switch/i, 'pipe'],
  [/context.switch/i, 'switch'],
  [/ping.?pong.*pipe.*cross/i, 'pipe-cross'],
  [/ping.?pong.*futex.*same/i, 'futex'],
  [/ping.?pong.*eventfd.*same/i, 'eventfd'],
  [/ping.?pong.*pipe.*same|pipe latency|message ping/i, 'pipe'],
  [/pipe.*same.?thread/i, 'pipe-self'],
  [/tcp.*same.?thread/i, 'tcp-self'],
  [/af_?unix/i, 'unix'],
  [/tcp latency/i, 'tcp'],
  [/thread.?create/i, 'thread'],
  [/sh proc|\/bin\/sh|\bsh\b latency|lmbench sh$/i, 'shell'],
  [/\bexec(?:ve)?\b|process creation/i, 'exec'],
  [/\bfork/i, 'fork'],
  [/futex.?wake.*(?:no|without).?waiter/i, 'futex-wake'],
  [/thread yield/i, 'yield-switch'],
  [/sched_yield/i, 'yield'],
  [/epoll.?wait.*ready/i, 'epoll-ready'],
  [/epoll(?:\D*(\d+) ?(?:fds?|descriptors)\b)?/i, 'epoll'],
  [/\bpoll(?!ed|ing)(?:\D*(\d+) ?(?:fds?|descriptors)\b)?/i, 'poll'],
  [/select(?:\D*(\d+) ?(?:fds?|descriptors)\b)?/i, 'select'],
  [/open.{0,5}close/i, 'open-close'],
  [/fstat/i, 'fstat'],
  [/\bl?stat\b/i, 'stat'],
  [/lseek/i, 'lseek'],
  [/pread_ext4 (\d+) ?b/i, 'read'],
  // Of a single page it makes no difference.
  [/pread_tmpfs (\d{5,}) ?b/i, 'read-pages'],
  [/pwrite_tmpfs (\d{5,}) ?b/i, 'write-pages'],
  [/pread\D*(\d+) ?b/i, 'read'],
  [/pwrite\D*(\d+) ?b/i, 'write'],
  [/(\d+ ?k?b) .*file read/i, 'read'],
  [/\bread (\d+ ?k?b)\b|(?:small|med|big) read/i, 'read'],
  [/\bwrite (\d+ ?k?b)\b|(?:small|med|big) write/i, 'write'],
  [
    /get_?p?p?id\b|null.?(?:sys)?call|(?:simple|null) syscall|syscall (?:cost|invocation|latency)|api call|no-op syscall|\bsysenter\b/i,
    'null-call',
  ],
  [/extra syscall latency|constant saving/i, 'null-call'],
];
/** Bytes of what LEBench calls small, medium and large; its 1000 pages are cut to the 256 that a micro-benchmark has. */
const LEBENCH: Readonly<Record<string, number>> = { small: 4096, med: 40_960, big: 1 << 20 };

/** Patterns of topics, which come before those of operations. */
export const TOPICS: readonly Pattern[] = [
  ...kptiPatterns,
  ...pollutionPatterns,
  ...userMemoryPatterns,
  ...storagePatterns,
  ...unikernelPatterns,
  ...managedPatterns,
  ...primitivePatterns,
  ...memoryPatterns,
  ...serverPatterns,
  ...lebenchPatterns,
];

/**
 * Reads a metric; undefined when it names nothing that the model can run. `unit` is the figure's; `about` names the system that the row is
 * about, for gains whose metric names none.
 */
export function readingOf(metric: string, unit = '', about = ''): Reading | undefined {
  const topic = TOPICS.find(({ match, unit: units = / |$/ }) => match.test(metric) && units.test(unit));
  if (topic !== undefined) return readTopic(topic, metric, about);
  if (FOREIGN.test(metric) && !SERVED.test(metric)) return undefined;
  const found = SCENARIOS.find(([pattern]) => pattern.test(metric));
  if (found === undefined) return undefined;
  const [pattern, scenario] = found;
  const [, policy, beside] = policyIn(metric) ?? STOCK;
  const compare = comparisonOf(metric, policy);
  const own = compare.kind === 'time' ? policy : 'baseline';
  return { scenario, policy: own, args: argumentsOf(metric, pattern), compare, beside };
}

const STOCK = [/$/, 'baseline', 'absolute'] as const;

function policyIn(text: string): (typeof POLICIES)[number] | undefined {
  return POLICIES.find(([word]) => word.test(text));
}

function readTopic(topic: Pattern, metric: string, about: string): Reading | undefined {
  const { match, scenario, policy, compare, beside = 'absolute' } = topic;
  const [, named] = policyIn(metric) ?? STOCK;
  const args = topic.args ?? argumentsOf(metric, match);
  const shared = { scenario, args, beside } as const;
  if (compare === undefined) return { ...shared, policy: policy ?? named, compare: { kind: 'time' } };
  const [, system] = SYSTEMS.find(([word]) => word.test(about)) ?? [];
  const [, own] = policyIn(about) ?? STOCK;
  const comparison = compare(system ?? (named === 'baseline' ? own : named));
  const isNothing = comparison.against?.policy === 'baseline';
  return isNothing ? undefined : { ...shared, policy: 'baseline', compare: comparison };
}

function argumentsOf(metric: string, pattern: RegExp): readonly number[] {
  const size = /\b(small|med|big) (?:read|write)/i.exec(metric)?.[1];
  if (size !== undefined) return [LEBENCH[size.toLowerCase()]];
  const [, ...groups] = pattern.exec(metric) ?? [];
  return groups.filter((group) => group !== undefined).map(sizeOf);
}

function sizeOf(text: string): number {
  return Number.parseFloat(text) * (/k/i.test(text) ? 1024 : 1);
}

/** Points by which the rise of a server's rate may deviate. */
const POINTS = 5;

function riseUnder(policy: string): Comparison {
  return { kind: 'rise', first: { kpti: true }, against: { policy, kpti: true }, tolerance: POINTS };
}

/** Ways of comparing, first match wins. */
const COMPARISONS: readonly (readonly [RegExp, (metric: string, policy: string) => Comparison])[] = [
  [
    /ratio 4\.15\/4\.13/,
    () => ({ kind: 'ratio', first: { kpti: true, machine: 'haswell-2018' }, against: { kpti: false } }),
  ],
  [/ratio 4\.14\/4\.13/, () => ({ kind: 'ratio', first: { kpti: true }, against: { kpti: false } })],
  [/constant saving|saving/i, (_metric, policy) => ({ kind: 'saving', against: { policy }, tolerance: 0.1 })],
  [/int ?0?x80 minus sysenter/i, () => ({ kind: 'saving', against: { machine: 'northwood-2.5.52' }, tolerance: 0.1 })],
  [
    /extra syscall latency/i,
    () => ({ kind: 'saving', first: { kpti: true }, against: { kpti: false }, tolerance: 0.3 }),
  ],
  [
    /syscall invocation speed-?up/i,
    () => ({ kind: 'speedup', first: { kpti: true }, against: { policy: 'privbox', kpti: true }, tolerance: 0.1 }),
  ],
  // What Privbox calls SPAP is hardware in place of the instrumentation of loads and stores.
  [/gain without SPAP/i, () => riseUnder('privbox')],
  [/gain with SPAP/i, () => riseUnder('privbox-SFI')],
];

function comparisonOf(metric: string, policy: string): Comparison {
  const found = COMPARISONS.find(([pattern]) => pattern.test(metric));
  return found === undefined ? { kind: 'time' } : found[1](metric, policy);
}
