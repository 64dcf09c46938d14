import { bareMachine } from '../../../hw/chase.ts';
import type { Core } from '../../../hw/core.ts';
import { Cpi } from '../../../hw/cpi.ts';
import { invalidate, type InvalidationName } from '../../../hw/invalidation.ts';
import type { Machine } from '../../../hw/machine.ts';
import type { Entry, Mitigation, StepName } from '../../../hw/steps.ts';
import type { Bench, Measurement } from '../lab.ts';
import type { Pattern } from '../pattern.ts';
import { difference, QUIET, scaled, type Scenario } from '../scenario.ts';

/** By how much a step's price is raised to count how often an operation pays it. */
const RAISED = 1000;
const TIMES = 64;

type Setting = Partial<Omit<Measurement, 'operation'>>;

/** What one step of a crossing takes: what an operation takes longer with it than without, for each time that it is charged. */
function charged(step: StepName, operation: string, setting: (bench: Bench) => Setting = () => ({})): Scenario {
  return {
    doc: `what ${operation} is charged for ${step}, each time: with its price, without, and with one that shows how often`,
    tolerance: QUIET,
    time: (bench) => {
      const price = bench.profile.cost[step]?.value ?? NaN;
      const at = (value: number) => bench.ask(operation, { ...setting(bench), profile: { [`cost.${step}`]: value } });
      if (Number.isNaN(price)) return { ns: NaN, cycles: NaN };
      const [own, without] = [at(price), at(0)];
      const times = difference(at(price + RAISED), own).cycles / RAISED;
      return scaled(difference(own, without), 1 / times);
    },
  };
}

/** A kernel of the machine that has a mitigation, whatever kernel it came with. */
const having =
  (...features: readonly Mitigation[]) =>
  ({ host }: Bench): Setting => ({ host: { ...host, mitigations: true }, features });
const withKpti = ({ host }: Bench): Setting => ({ host: { ...host, kpti: true } });

/** What something takes on a core that does nothing else: caches are hot. */
function alone(doc: string, act: (machine: Machine, core: Core, i: number) => void): Scenario {
  return {
    doc: `${doc}, again and again on a core that does nothing else`,
    tolerance: QUIET,
    time: ({ profile }) => {
      const machine = bareMachine(profile, 1);
      const [core] = machine.cores;
      const before = core.now;
      for (let i = 0; i < TIMES; i++) act(machine, core, i);
      const cycles = (core.now - before) / TIMES;
      return { cycles, ns: machine.clock.ns(cycles) };
    },
  };
}
const flushing = (name: InvalidationName): Scenario =>
  alone(name, (machine, core, i) => invalidate(machine, core, name, i, 1));

/** A part of a null call, by the counters of the core. */
const part = (doc: string, names: readonly string[]): Scenario => ({
  doc,
  tolerance: QUIET,
  time: ({ ask, profile }) => {
    const sample = ask('null');
    const cycles = names.reduce((sum, name) => sum + sample.value(`cyclesPerRequest.${name}`), 0);
    return { cycles, ns: (cycles * 1e9) / profile.clockHz.value };
  },
});

const PAIRS: Readonly<Record<Entry, readonly [StepName, StepName]>> = {
  int80: ['int80Instr', 'int80Iret'],
  sysenter: ['sysenterInstr', 'sysexitInstr'],
  syscall: ['syscallInstr', 'sysretInstr'],
  fred: ['fredSyscall', 'eretu'],
};
const SOFTWARE = ['crossingSoftware', 'crossingPageTable'];
const BODY = ['userBase', 'kernelBase', 'kernelFetch', 'kernelTlb', 'kernelData', 'kernelFrontEnd', 'check'];

/** Primitive steps of crossings, and instructions that drop translations. */
export const primitiveScenarios = {
  'step-syscall': charged('syscallInstr', 'null'),
  'step-sysret': charged('sysretInstr', 'null'),
  'step-swapgs': charged('swapgs', 'null'),
  'step-sysenter': charged('sysenterInstr', 'null'),
  'step-sysexit': charged('sysexitInstr', 'null'),
  'step-cr3': charged('cr3Write', 'null', withKpti),
  'step-verw': charged('verw', 'null', having('mds')),
  'step-ibrs': charged('specCtrlWrite', 'null', having('ibrs')),
  'step-rsb': charged('rsbFill', 'ring', having('rsb')),
  'step-ibpb': charged('ibpb', 'ring', (bench) => ({ ...having('ibpb')(bench), policy: 'sandboxed' })),
  'step-iret': charged('iret', 'page-fault'),
  'step-event': charged('eventEntry', 'page-fault'),
  'step-smap': charged('userAccess', 'read'),
  'step-ipi': charged('ipiSend', 'shootdown', () => ({ cores: 2 })),
  'step-wrpkru': alone('change of the rights to the managed heap', (machine, core) =>
    core.spend(Cpi.check, machine.step('heapSwitch')),
  ),
  'call-pair': {
    doc: 'the instructions that enter and leave the kernel, each as what a null call is charged for it',
    tolerance: QUIET,
    time: (bench) => {
      const [enter, leave] = PAIRS[bench.profile.entry].map((step) => charged(step, 'null').time(bench, []));
      return { ns: enter.ns + leave.ns, cycles: enter.cycles + leave.cycles };
    },
  },
  'call-software': part('null call: software of entry and exit, with mitigations', SOFTWARE),
  'call-body': part('null call: what is left when entry and exit are taken away', BODY),
  'flush-page': flushing('invlpg'),
  'flush-space': flushing('cr3Reload'),
  'flush-global': flushing('globalFlush'),
  'flush-invpcid': flushing('invpcidPage'),
  'flush-pages': {
    doc: 'INVLPG for each of so many pages on a core that does nothing else',
    tolerance: QUIET,
    time: (bench, [pages = 1]) => scaled(flushing('invlpg').time(bench, []), pages),
  },
} as const satisfies Record<string, Scenario>;

const CYCLES = /^(?:cycles|ns)/;

/** Steps by the names that tables of instructions give them. */
export const primitivePatterns: readonly Pattern[] = [
  {
    match: /hardware pair|syscall ?\+ ?sysret|sysenter ?\+ ?sysexit|entry.?exit instructions/i,
    unit: CYCLES,
    scenario: 'call-pair',
  },
  { match: /software entry|entry\/exit (?:work|software)/i, unit: CYCLES, scenario: 'call-software' },
  { match: /body \+ call|function body/i, unit: CYCLES, scenario: 'call-body' },
  { match: /^syscall(?: instruction)?$/i, unit: CYCLES, scenario: 'step-syscall' },
  { match: /^sysret[ql]?(?: instruction)?$/i, unit: CYCLES, scenario: 'step-sysret' },
  { match: /^swapgs\b/i, unit: CYCLES, scenario: 'step-swapgs' },
  { match: /^sysenter(?: instruction)?$/i, unit: CYCLES, scenario: 'step-sysenter' },
  { match: /^sysexit(?: instruction)?$/i, unit: CYCLES, scenario: 'step-sysexit' },
  { match: /cr3 (?:write|swap|switch)|(?:swap|write|mov).{0,4} cr3/i, unit: CYCLES, scenario: 'step-cr3' },
  { match: /^verw\b|mds clear/i, unit: CYCLES, scenario: 'step-verw' },
  { match: /\bibpb\b/i, unit: CYCLES, scenario: 'step-ibpb' },
  { match: /\bibrs\b|spec_?ctrl/i, unit: CYCLES, scenario: 'step-ibrs' },
  { match: /\brsb (?:fill|stuff)/i, unit: CYCLES, scenario: 'step-rsb' },
  { match: /^irete?q?\b|interrupt return/i, unit: CYCLES, scenario: 'step-iret' },
  { match: /(?:exception|interrupt|trap) (?:entry|delivery)/i, unit: CYCLES, scenario: 'step-event' },
  { match: /\bstac\b|\bclac\b/i, unit: CYCLES, scenario: 'step-smap' },
  { match: /\bipi send|\bicr write/i, unit: CYCLES, scenario: 'step-ipi' },
  { match: /invpcid/i, unit: CYCLES, scenario: 'flush-invpcid' },
  { match: /wrpkru/i, unit: CYCLES, scenario: 'step-wrpkru' },
  { match: /cr3 reload/i, unit: CYCLES, scenario: 'flush-space' },
  { match: /global flush|cr4\.pge/i, unit: CYCLES, scenario: 'flush-global' },
  { match: /(\d+)-page (?:cap|cut-?off|flush|range)/i, unit: CYCLES, scenario: 'flush-pages' },
  { match: /invlpg/i, unit: CYCLES, scenario: 'flush-page' },
];
