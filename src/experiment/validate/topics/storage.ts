import type { Pattern } from '../pattern.ts';
import type { Ask, Bench, Time } from '../lab.ts';
import { type Scenario } from '../scenario.ts';

/** XRP's figures come from one machine and one device; larger deviations than a tenth need a reason. */
const TENTH = 0.1;
const SECTOR = 512;

/** XRP's machine lets no core halt: idle ones look for work in a loop (C-states disabled; its script leaves the state POLL alone). */
const POLLING = { 'cost.idleExit': 0 } as const;
const askPolling = ({ ask }: Bench, operation: string, params: Readonly<Record<string, number>>): ReturnType<Ask> =>
  ask(operation, { params, profile: POLLING });

/** Buckets of a direct read, as time. */
const share = (doc: string, names: readonly string[]): Scenario => ({
  doc,
  tolerance: TENTH,
  time: (bench: Bench, [bytes = SECTOR]): Time => {
    const sample = askPolling(bench, 'direct-read', { bytes });
    const cycles = names.reduce((sum, name) => sum + sample.value(`cyclesPerRequest.${name}`), 0);
    return { cycles, ns: (cycles * 1e9) / bench.profile.clockHz.value };
  },
});

/** Reads past the page cache from a device of 3.2 us. */
export const storageScenarios = {
  'direct-read': {
    doc: 'pread of bytes past the page cache (O_DIRECT)',
    tolerance: TENTH,
    time: (bench, [bytes = SECTOR]) => askPolling(bench, 'direct-read', { bytes }),
  },
  'direct-crossing': share('of a direct read: entries and exits of the kernel, those of the interrupt too', [
    'crossingHardware',
    'crossingSoftware',
    'crossingPageTable',
  ]),
  'direct-device': share('of a direct read: time in which the core has nothing to do', ['idle']),
  lookup: {
    doc: 'look-up of so many levels, each an lseek and a direct read by the program',
    tolerance: TENTH,
    time: (bench, [levels = 1]) => askPolling(bench, 'direct-lookup', { pages: levels }),
  },
  'lookup-inside': {
    doc: 'the same by a program inside the kernel, which makes the reads without crossings',
    tolerance: TENTH,
    time: (bench, [levels = 1]) => askPolling(bench, 'direct-chain', { pages: levels }),
  },
} as const satisfies Record<string, Scenario>;

const TIME = /^(?:ns|us|cycles)/;
const DIRECT = String.raw`(\d+ ?k?b)\b.*(?:o_direct|direct i/?o|direct read)`;

/** Direct reads as tables of the storage stack have them. */
export const storagePatterns: readonly Pattern[] = [
  { match: new RegExp(`${DIRECT}.*crossing`, 'i'), unit: TIME, scenario: 'direct-crossing' },
  { match: new RegExp(`${DIRECT}.*(?:device|media|drive)$`, 'i'), unit: TIME, scenario: 'direct-device' },
  { match: new RegExp(`${DIRECT}[^:]*(?:latency|total|: total)?$`, 'i'), unit: TIME, scenario: 'direct-read' },
  { match: /depth.?(\d+) look-?up.*(?:user|application)/i, unit: TIME, scenario: 'lookup', policy: 'baseline' },
  {
    match: /depth.?(\d+) look-?up.*(?:syscall|system.call).*(?:bpf|layer)/i,
    unit: TIME,
    scenario: 'lookup-inside',
    policy: 'ebpf-chain',
  },
];
