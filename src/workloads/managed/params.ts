import type { ParamSpec } from '../workload.ts';
import { PROTECTIONS } from './codecache.ts';
import { COLLECTORS } from './collectors.ts';
import { POLLERS } from './pollers.ts';
import { LADDERS } from './tiers.ts';
import { TRANSITIONS } from './transitions.ts';

const size = (value: number, min: number, max: number, unit: string, doc: string): ParamSpec => ({
  kind: 'integer',
  default: value,
  min,
  max,
  unit,
  doc,
});

const rate = (doc: string): ParamSpec => ({ kind: 'number', default: 0, min: 0, max: 1e5, unit: '1/s', doc });

const choice = (choices: readonly string[], value: string, doc: string): ParamSpec => ({
  kind: 'choice',
  default: value,
  choices,
  unit: 'none',
  doc,
});

/**
 * Parameters of the managed runtime, for any workload to spread into its own. Sizes are those of a runtime in miniature: a run lasts some ten
 * ms, so a nursery of a MiB is collected as often in it as one of a hundred MiB in a second. Rates are assumed unless their doc names a source.
 */
export const MANAGED_PARAMS = {
  collector: choice(Object.keys(COLLECTORS), 'parallel', describe(COLLECTORS)),
  edenKiB: size(1024, 64, 1 << 16, 'KiB', 'Nursery that threads allocate from; when it is full it is collected'),
  tlabKiB: size(
    16,
    1,
    1024,
    'KiB',
    'Piece of the nursery that a thread takes at a time (thread-local allocation buffer)',
  ),
  liveKiB: size(2048, 64, 1 << 17, 'KiB', 'Long-lived data, which a full collection has to trace'),
  oldKiB: size(1024, 64, 1 << 17, 'KiB', 'Room for promoted objects beside the long-lived data'),
  survivalPercent: { kind: 'number', default: 5, min: 0, max: 100, unit: '%', doc: 'Share of a nursery that survives' },
  allocBytes: {
    kind: 'number',
    default: 300,
    min: 0,
    max: 64000,
    unit: 'bytes',
    doc: 'Allocated in 1000 instructions; 300 is about 1 GB/s of a busy core',
  },
  gcThreads: size(0, 0, 64, 'count', 'Threads of a parallel collector; 0: one a core'),
  concurrentThreads: size(0, 0, 64, 'count', 'Threads that collect beside the program; 0: one for four cores'),
  safepoints: choice(Object.keys(POLLERS), 'handshake', describe(POLLERS)),
  nativeCall: choice(Object.keys(TRANSITIONS), 'jni', describe(TRANSITIONS)),
  attribute: choice(
    ['own', 'AlwaysKernelMode', 'AlwaysUserMode', 'UseCallersMode'],
    'own',
    'Attribute of managed functions; own: each has its own',
  ),
  jit: choice(Object.keys(LADDERS), 'steady', describe(LADDERS)),
  methods: size(
    8,
    1,
    256,
    'count',
    'Methods that each repeated stretch of code of the program stands for; not with jit: steady',
  ),
  compileScaling: {
    kind: 'number',
    default: 0.02,
    min: 0,
    max: 10,
    unit: 'factor',
    doc: 'Factor of the thresholds of compilation, 200 and 5000 executions (HotSpot CompileThresholdScaling)',
  },
  compileWork: {
    kind: 'number',
    default: 0.1,
    min: 0,
    max: 10,
    unit: 'factor',
    doc: 'Factor of the instructions of a compilation, 0.3 and 3 million; 0.1 fits a warm-up into some ms, where publication then weighs ten times as much',
  },
  codeProtection: choice(
    PROTECTIONS,
    'rwx',
    'Code pages without trust: rwx: always writable; mprotect: writable or executable',
  ),
  deoptsPerSecond: rate('Compiled methods that a thread sends back to the interpreter'),
  nullChecksPerSecond: rate('Null references that a thread finds by a fault'),
  finalizersPerMiB: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 20000,
    unit: '1/MiB',
    doc: 'Objects with a finalizer among the dead',
  },
  pollInstructions: size(
    1000,
    100,
    1e6,
    'instructions',
    'Instructions between two polls; counted loops may have none for long',
  ),
} as const satisfies Record<string, ParamSpec>;

/** What each row of a table is, for the doc of the parameter that chooses one. */
function describe(table: Readonly<Record<string, { readonly doc: string }>>): string {
  return Object.entries(table)
    .map(([name, { doc }]) => `${name}: ${doc}`)
    .join('; ');
}
