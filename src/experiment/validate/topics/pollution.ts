import type { Bench, Sample, Time } from '../lab.ts';
import type { Pattern } from '../pattern.ts';
import { counted, QUIET, type Scenario } from '../scenario.ts';
import { LINE_BYTES, PAGE_BYTES } from '../../../sim/units.ts';
import { cyclesUntilRecovered, recoveryOf, STRETCH, type Recovery } from '../../../hw/recovery.ts';
import type { ScenarioName } from '../scenarios.ts';

/** Published recoveries were read off figures. */
const READ_OFF = 0.3;

/** System calls whose footprints are published, by operations of the model that make them. */
const CALLS = {
  stat: 'stat',
  pread: 'read',
  pwrite: 'write',
  'open+close': 'open-close',
  'mmap+munmap': 'mmap',
  'open+write+close': 'open-write-close',
} as const;
type Call = keyof typeof CALLS;

/** What the user goes through before a call, so that one structure of the core is full of it. */
const FULL = {
  L1i: ({ profile }: Bench) => ({ userCode: profile.l1i.sizeBytes / LINE_BYTES }),
  L1d: ({ profile }: Bench) => ({ userPages: profile.l1d.sizeBytes / PAGE_BYTES }),
  L2: ({ profile: { l1i, l2 } }: Bench) => ({
    userPages: l2.sizeBytes / PAGE_BYTES,
    userCode: l1i.sizeBytes / LINE_BYTES,
  }),
  L3: ({ profile: { l1i, llc } }: Bench) => ({
    userPages: Math.min(MOST_PAGES, llc.sizeBytes / PAGE_BYTES),
    userCode: l1i.sizeBytes / LINE_BYTES,
  }),
} as const;
type Structure = keyof typeof FULL;
const MOST_PAGES = 4096;
/** Levels that bring lines into a structure. */
const BEYOND: Readonly<Record<Structure, readonly string[]>> = {
  L1i: ['l2', 'llc', 'remote', 'dram'],
  L1d: ['l2', 'llc', 'remote', 'dram'],
  L2: ['llc', 'remote', 'dram'],
  L3: ['dram'],
};

const afterUser = (bench: Bench, call: Call, structure: Structure): Sample =>
  bench.ask(CALLS[call], { ...(structure === 'L3' ? { isAlike: true } : {}), params: FULL[structure](bench) });
const instructionsOf = ({ ask }: Bench, call: Call): number => ask(CALLS[call]).value('instructionsPerRequest');

function callRows(call: Call): readonly (readonly [string, Scenario])[] {
  const name = call.replaceAll('+', '-');
  return [
    [
      `${name}-instructions`,
      counted('count', `instructions of ${call}`, QUIET, (bench) => instructionsOf(bench, call)),
    ],
    [
      `${name}-cycles`,
      counted('count', `cycles of ${call} after user code`, QUIET, (bench) => afterUser(bench, call, 'L2').cycles),
    ],
    [
      `${name}-ipc`,
      counted(
        'ipc',
        `instructions of ${call} per cycle, after user code`,
        QUIET,
        (bench) => instructionsOf(bench, call) / afterUser(bench, call, 'L2').cycles,
      ),
    ],
    ...(Object.keys(FULL) as Structure[]).map((structure) => evicted(name, call, structure)),
  ];
}

/** Lines that a call brings into a structure that is full of the user's: each evicts one. */
function evicted(name: string, call: Call, structure: Structure): readonly [string, Scenario] {
  const doc = `lines that ${call} brings into ${structure}, which is full of the user's`;
  const value = (bench: Bench): number => {
    const sample = afterUser(bench, call, structure);
    return BEYOND[structure].reduce((sum, level) => sum + sample.value(`served.${level}Kernel`), 0);
  };
  return [`${name}-${structure}`, counted('count', doc, QUIET, value)];
}

const recovering = ({ once, profile }: Bench): Recovery => once('recovery', () => recoveryOf(profile));
const inCycles = ({ profile }: Bench, cycles: number): Time => ({ cycles, ns: (cycles * 1e9) / profile.clockHz.value });

/** Scenarios of every call and structure, by names such as `pread-L2`. */
export const footprintScenarios: Readonly<Record<string, Scenario>> = Object.fromEntries(
  (Object.keys(CALLS) as Call[]).flatMap(callRows),
);

/** What a call leaves behind for user code. */
export const pollutionScenarios = {
  'user-ipc': counted(
    'ipc',
    'user instructions per cycle long after a pwrite',
    QUIET,
    (bench) => recovering(bench).steady,
  ),
  'user-ipc-after': counted(
    'ipc',
    'user instructions per cycle in the 200 after a pwrite, or in those so many later',
    QUIET,
    (bench, [later = 0]) => {
      const { after } = recovering(bench);
      return STRETCH / after[Math.min(after.length - 1, Math.floor(later / STRETCH))];
    },
  ),
  recovery: {
    doc: 'cycles after a pwrite until user code runs within 5 % as fast as before',
    tolerance: READ_OFF,
    time: (bench) => inCycles(bench, cyclesUntilRecovered(recovering(bench))),
  },
} as const satisfies Record<string, Scenario>;

const WHAT: readonly (readonly [RegExp, string])[] = [
  [/L1-?i\S* .*evict|L1 instruction/i, 'L1i'],
  [/L1-?d?\S* .*evict|L1 data/i, 'L1d'],
  [/L2 .*evict/i, 'L2'],
  [/(?:L3|LLC) .*evict/i, 'L3'],
  [/instructions?$/i, 'instructions'],
  [/cycles$/i, 'cycles'],
  [/IPC$/i, 'ipc'],
];
const SPELLED: Readonly<Record<Call, RegExp>> = {
  'open+write+close': /^open ?\+ ?write ?\+ ?close:/i,
  'open+close': /^open ?\+ ?close:/i,
  'mmap+munmap': /^mmap ?\+ ?munmap:/i,
  stat: /^stat:/i,
  pread: /^p?read(?:64)?:/i,
  pwrite: /^p?write(?:64)?:/i,
};

const rows = (Object.keys(SPELLED) as Call[]).flatMap((call) =>
  WHAT.map(([what, name]): Pattern => {
    const scenario = `${call.replaceAll('+', '-')}-${name}` as ScenarioName;
    return { match: new RegExp(`${SPELLED[call].source}.*(?:${what.source})`, 'i'), scenario, args: [] };
  }),
);

/** Footprints of calls, as tables of processor structures have them, and what user code feels of them. */
export const pollutionPatterns: readonly Pattern[] = [
  ...rows,
  { match: /(?:user )?IPC.*recover|recovery after/i, unit: /^(?:cycles|ns|us)/, scenario: 'recovery', args: [] },
  { match: /user IPC .*after (\d+) instructions/i, scenario: 'user-ipc-after' },
  { match: /user IPC .*right after/i, scenario: 'user-ipc-after', args: [] },
  { match: /user IPC .*before/i, scenario: 'user-ipc', args: [] },
];
