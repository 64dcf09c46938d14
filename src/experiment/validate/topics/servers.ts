import type { Pattern } from '../pattern.ts';
import { change, ofKpti, riseUnder, speedup } from '../pattern.ts';
import { counted, simple, sumOf, SWITCHING, type Scenario } from '../scenario.ts';
import type { Bench, Sample } from '../lab.ts';

/** Points by which the gain of a server may deviate, and that of a program that makes no calls. */
const POINTS = 5;
const COMPUTING_POINTS = 1;
/** Lupine's gains of redis are 0.7 to 2.5 %; of 0 to 3 % all are credible. */
const REDIS_POINTS = 2.3;

const KERNEL = ['kernelBase', 'kernelFetch', 'kernelTlb', 'kernelData', 'kernelFrontEnd', 'kernelLock', 'scheduler'];
const CROSSING = ['crossingHardware', 'crossingSoftware', 'crossingPageTable', 'check', 'interrupt'];
const USER = ['userBase', 'userFetch', 'userTlb', 'userData', 'userFrontEnd'];
const cycles = (sample: Sample, buckets: readonly string[]): number =>
  sumOf(
    sample,
    buckets.map((name) => `cyclesPerRequest.${name}`),
  );

/** Share of busy time that a server spends in the kernel. */
const kernelShare = (server: string): Scenario =>
  counted('share', `share of busy cycles that ${server} spends in the kernel`, POINTS, ({ ask }) => {
    const sample = ask(server);
    const inKernel = cycles(sample, KERNEL) + cycles(sample, CROSSING);
    return (inKernel / (inKernel + cycles(sample, USER))) * 100;
  });
const callsOf = (server: string): Scenario =>
  counted('count', `system calls of a request of ${server}`, SWITCHING, ({ ask }) =>
    ask(server).sum('callsPerRequest.'),
  );

/** `memtier_benchmark --clients=100 --threads=3 --pipeline=1`; the ratio of sets to gets and the size of values are its defaults. */
const MEMTIER = { connections: 300, readShare: 10 / 11, valueBytes: 32 } as const;
const memtier = ({ ask, profile }: Bench): Sample => ask('redis', { cores: profile.maxCores, params: MEMTIER });

/** Servers under closed load, and programs that compute. */
export const serverScenarios = {
  redis: simple('redis', 'redis under closed load on a core: time between two requests that it completes'),
  'redis-memtier': {
    doc: "redis as Unikernel Linux drove it (README of its artifact): memtier_benchmark with 3 x 100 connections and a set to ten gets of 32 bytes, on all cores of the machine, over which the network card spreads the connections' interrupts: time between two requests",
    tolerance: SWITCHING,
    time: memtier,
  },
  'redis-p99': counted('share', 'latency of redis under that load: 99th percentile', POINTS, (bench) =>
    memtier(bench).value('latency.p99'),
  ),
  nginx: simple('nginx', 'nginx with static files under closed load on a core'),
  memcached: simple('memcached', 'memcached under closed load on a core'),
  'web-pool': simple(
    'java-http',
    'the recorded web server with a dispatcher and a pool of threads under closed load on a core',
  ),
  'java-server': simple('java-nio', 'the recorded event-loop server on java.nio under closed load on a core'),
  computing: simple('java-compute', 'compute-bound Java threads that make no system calls: time of a unit of work'),
  'memcached-kernel': kernelShare('memcached'),
  'nginx-kernel': kernelShare('nginx'),
  'nginx-calls': callsOf('nginx'),
  'nginx-call-rate': counted(
    'count',
    'system calls of nginx in a second of a core under closed load',
    SWITCHING,
    ({ ask }) => {
      const sample = ask('nginx');
      return (sample.sum('callsPerRequest.') * 1e9) / sample.ns;
    },
  ),
} as const satisfies Record<string, Scenario>;

/** Gains of servers, by the policy that a row names or is about. */
export const serverPatterns: readonly Pattern[] = [
  { match: /^redis\S* (?:ret_)?(?:byp|shortcut)\w* p99/i, scenario: 'redis-p99', compare: change(POINTS) },
  { match: /^redis (?:ret_byp|shortcut)/i, scenario: 'redis-memtier', compare: riseUnder(POINTS) },
  { match: /redis.*\b(?:set|get)\b.*gain/i, scenario: 'redis', args: [], compare: riseUnder(REDIS_POINTS) },
  { match: /redis.*\b(?:set|get)\b.*throughput/i, unit: /\/s/, scenario: 'redis', args: [] },
  { match: /macro-?benchmark.*gain|^redis.*gain(?!.*spap)/i, scenario: 'redis', compare: riseUnder(REDIS_POINTS) },
  { match: /^memcached(?!.*(?:api|posix)).*gain/i, scenario: 'memcached', compare: riseUnder(POINTS) },
  { match: /nginx.*gain/i, unit: /%/, scenario: 'nginx', compare: riseUnder(POINTS) },
  { match: /(?:apache|tomcat).*gain/i, unit: /%/, scenario: 'web-pool', compare: riseUnder(POINTS) },
  {
    match: /specjvm\w* gain|compute-bound.*gain|cpu-bound.*gain/i,
    scenario: 'computing',
    compare: riseUnder(COMPUTING_POINTS),
  },
  { match: /i\/?o micro-?benchmark.*gain/i, scenario: 'read', args: [4096], compare: riseUnder(POINTS) },
  {
    match: /i\/?o-(?:threaded|bound|intensive).*throughput/i,
    unit: /^(?:x|ratio)/,
    scenario: 'tcp-self',
    compare: speedup(SWITCHING),
  },
  // Programs as those who build software run them; a server that makes calls all the time is no typical application.
  { match: /application.*(?:wall-?clock )?overhead/i, unit: /%/, scenario: 'shell', args: [], compare: ofKpti(POINTS) },
  { match: /expected overhead|service overhead/i, unit: /%/, scenario: 'java-server', compare: ofKpti(POINTS) },
  { match: /memcached.*kernel (?:time|share)|kernel time/i, unit: /%/, scenario: 'memcached-kernel' },
  { match: /nginx.*(?:syscall|call) rate/i, unit: /\/s/, scenario: 'nginx-call-rate' },
  { match: /event-driven.*syscalls per request|nginx(?!.*proxy).*syscalls per request/i, scenario: 'nginx-calls' },
  {
    match: /(?:apache|nginx|web server).*(?:in (?:the )?(?:os|kernel)|kernel time)/i,
    unit: /%/,
    scenario: 'nginx-kernel',
  },
];
