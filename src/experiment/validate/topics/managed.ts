import { bareMachine } from '../../../hw/chase.ts';
import { Domain } from '../../../hw/cpi.ts';
import { PageFlag, PageTable } from '../../../hw/pagetable.ts';
import type { MachineProfile } from '../../../hw/profile.ts';
import { LINES_PER_PAGE } from '../../../sim/units.ts';
import { TRANSITIONS } from '../../../workloads/managed/transitions.ts';
import type { Bench, Time } from '../lab.ts';
import type { Pattern } from '../pattern.ts';
import { counted, difference, QUIET, type Scenario } from '../scenario.ts';

type Way = keyof typeof TRANSITIONS;

const TIMES = 256;
const PAGES = 4;
const CODE_PAGE = 1;
const CODE_LINES = 4;
/** A native function of the size of pow of libm: some 60 instructions; assumed. */
const POW_INSTRUCTIONS = 60;
/** A call of a static method that does nothing: call, frame, return; assumed. */
const STATIC_CALL = 4;
/** Points by which one transition may be faster than another. */
const POINTS = 5;

/** What a core has executed after so many calls, in cycles and instructions of one. */
interface Executed {
  readonly cycles: number;
  readonly instructions: number;
}

/** Executes a stretch of user code again and again, hot after the first time. */
function executed(profile: MachineProfile, instructions: number): Executed {
  const machine = bareMachine(profile, 1);
  const [core] = machine.cores;
  const table = new PageTable(0, PAGES, () => machine.allocateFrames(1));
  const frame = machine.allocateFrames(PAGES);
  for (let vpn = 0; vpn < PAGES; vpn++) table.map(vpn, frame + vpn, PageFlag.Write);
  core.memory.loadSpace(table, 1, false);
  core.domain = Domain.User;
  core.execute(CODE_PAGE * LINES_PER_PAGE, CODE_LINES, instructions);
  const [before, retired] = [core.now, core.instructions];
  for (let i = 0; i < TIMES; i++) core.execute(CODE_PAGE * LINES_PER_PAGE, CODE_LINES, instructions);
  return { cycles: (core.now - before) / TIMES, instructions: (core.instructions - retired) / TIMES };
}

const timed = ({ profile }: Bench, { cycles }: Executed): Time => ({
  cycles,
  ns: (cycles * 1e9) / profile.clockHz.value,
});

const transition = (way: Way): Scenario => ({
  doc: `what a call by ${TRANSITIONS[way].doc} takes beyond the native function`,
  tolerance: QUIET,
  time: (bench) => {
    const work = executed(bench.profile, POW_INSTRUCTIONS + TRANSITIONS[way].instructions);
    return difference(timed(bench, work), timed(bench, executed(bench.profile, POW_INSTRUCTIONS)));
  },
});
const call = (way: Way): Scenario => ({
  doc: `a call of a short native function by ${TRANSITIONS[way].doc}, ${POW_INSTRUCTIONS} instructions in it`,
  tolerance: QUIET,
  time: (bench) => timed(bench, executed(bench.profile, POW_INSTRUCTIONS + TRANSITIONS[way].instructions)),
});

/** Calls from managed to native code. */
export const managedScenarios = {
  'jni-transition': transition('jni'),
  'panama-transition': transition('panama'),
  'pinvoke-transition': transition('pinvoke'),
  'jni-call': call('jni'),
  'panama-call': call('panama'),
  'panama-against-jni': counted(
    'share',
    'by how much a call of nothing is faster by Panama than by JNI',
    POINTS,
    (bench) => {
      const [jni, panama] = (['jni', 'panama'] as const).map((way) => transition(way).time(bench, []).ns);
      return (1 - panama / jni) * 100;
    },
  ),
  'pinvoke-instructions': counted(
    'count',
    'instructions of a P/Invoke beyond the native function',
    QUIET,
    ({ profile }) => executed(profile, TRANSITIONS['pinvoke'].instructions).instructions,
  ),
  'pinvoke-against-static': counted(
    'share',
    'a P/Invoke of nothing against a static call of nothing',
    QUIET,
    ({ profile }) => {
      const both = executed(profile, TRANSITIONS['pinvoke'].instructions + STATIC_CALL);
      return both.cycles / executed(profile, STATIC_CALL).cycles;
    },
  ),
} as const satisfies Record<string, Scenario>;

const TIME = /^(?:ns|us|cycles)/;

/** Native calls as benchmarks of runtimes name them. */
export const managedPatterns: readonly Pattern[] = [
  { match: /(?:panama|ffm).*(?:vs|against).*jni/i, unit: /%/, scenario: 'panama-against-jni', args: [] },
  { match: /\bjni\b.*(?:transition|overhead|no-?op|empty)/i, unit: TIME, scenario: 'jni-transition', args: [] },
  {
    match: /(?:panama|ffm)\b.*(?:transition|overhead|no-?op|empty)/i,
    unit: TIME,
    scenario: 'panama-transition',
    args: [],
  },
  { match: /\bjni\b.*call/i, unit: TIME, scenario: 'jni-call', args: [] },
  { match: /(?:panama|ffm)\b.*call/i, unit: TIME, scenario: 'panama-call', args: [] },
  { match: /p\/?invoke.*(?:overhead|transition)/i, unit: TIME, scenario: 'pinvoke-transition', args: [] },
  {
    match: /p\/?invoke.*(?:overhead|transition|cost)/i,
    unit: /^instructions/,
    scenario: 'pinvoke-instructions',
    args: [],
  },
  { match: /p\/?invoke (?:vs|against).*static/i, unit: /^(?:x|ratio)/, scenario: 'pinvoke-against-static', args: [] },
];
