import type { ParamSpec } from '../workload.ts';
import { PLACEMENTS } from './placement.ts';
import { SERVICES } from './services.ts';

const described = Object.entries(SERVICES).map(([name, { doc }]) => `${name}: ${doc}`);

/** Parameters of a call graph. Rates count milliseconds of work of managed code as it takes at the CPI of the recorded servers. */
export const CALL_GRAPH_PARAMS = {
  threads: { kind: 'integer', default: 0, min: 0, max: 256, unit: 'count', doc: 'Threads that walk; 0: one a core' },
  depth: {
    kind: 'integer',
    default: 5,
    min: 1,
    max: 12,
    unit: 'levels',
    doc: 'Levels of functions below the handler that the loop of a thread calls',
  },
  fanOut: {
    kind: 'integer',
    default: 3,
    min: 1,
    max: 16,
    unit: 'functions',
    doc: 'Functions that each function may call; the first of them most often',
  },
  functionInstructions: {
    kind: 'integer',
    default: 400,
    min: 50,
    max: 20000,
    unit: 'instructions',
    doc: 'Mean instructions of a function by itself, drawn from half to one and a half',
  },
  unitInstructions: {
    kind: 'integer',
    default: 30000,
    min: 1000,
    max: 1e6,
    unit: 'instructions',
    doc: 'Instructions of managed code in one walk from the handler down and back, which says how many calls a function makes',
  },
  nativeShare: {
    kind: 'number',
    default: 0.25,
    min: 0,
    max: 1,
    unit: 'share',
    doc: 'Share of the functions below the handler that are native code',
  },
  nativeCallsPerMs: {
    kind: 'number',
    default: 20,
    min: 0,
    max: 5000,
    unit: '1/ms',
    doc: 'Calls of native functions by managed ones in a millisecond of managed work; none if no function is native',
  },
  callbackShare: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 1,
    unit: 'share',
    doc: 'Share of the native functions that call managed ones back, where the graph has any',
  },
  syscallsPerMs: {
    kind: 'number',
    default: 100,
    min: 0,
    max: 10000,
    unit: '1/ms',
    doc: 'System calls in a millisecond of managed work, by the quarter of the functions, managed or native, that make any',
  },
  service: {
    kind: 'choice',
    default: 'pread64',
    choices: Object.keys(SERVICES),
    unit: 'none',
    doc: `What a system call does; ${described.join('; ')}`,
  },
  placement: {
    kind: 'choice',
    default: 'by-syscall-density',
    choices: Object.keys(PLACEMENTS),
    unit: 'none',
    doc: 'Functions marked AlwaysKernelMode; none; hot: the most called quarter of the managed ones below which system calls are made; all; by-syscall-density: managed ones with 4 or more system calls a visit, as a profile finds them',
  },
} as const satisfies Record<string, ParamSpec>;
