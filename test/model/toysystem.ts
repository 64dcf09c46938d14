import { buildMachine, type Machine } from '../../src/hw/machine.ts';
import type { Feature } from '../../src/hw/profile.ts';
import { toy } from '../../src/hw/profiles/toy.ts';
import type { TrapHandler } from '../../src/hw/trap.ts';
import {
  Nr,
  Op,
  type CallName,
  type FileSpec,
  type FunctionSpec,
  type ProcessSpec,
  type Program,
  type RegionSpec,
  type ThreadEnv,
  type Traffic,
} from '../../src/kernel/abi.ts';
import { startProcesses } from '../../src/kernel/boot.ts';
import { Kernel } from '../../src/kernel/kernel.ts';
import { policies } from '../../src/kernel/policies/index.ts';
import type { Policy } from '../../src/kernel/policy.ts';
import type { SchedulerName } from '../../src/kernel/sched/index.ts';
import type { PreemptionName } from '../../src/kernel/sched/preemption.ts';
import type { Process } from '../../src/kernel/process.ts';
import { NativeEngine } from '../../src/sim/nativeengine.ts';
import { openStream, type Rng } from '../../src/sim/rng.ts';
import { StatsRegistry } from '../../src/sim/stats.ts';
import type { ToyOptions } from './support.ts';

/** Options of a toy system; the default is the baseline with KPTI on one core without run-ahead. */
export interface SystemOptions extends ToyOptions {
  readonly policy?: Policy;
  readonly features?: readonly Feature[];
  readonly traffic?: Traffic;
  readonly scheduler?: SchedulerName;
  readonly preemption?: PreemptionName;
}

/** A toy machine with a booted kernel and its processes. */
export interface ToySystem {
  readonly engine: NativeEngine;
  readonly stats: StatsRegistry;
  readonly machine: Machine;
  readonly kernel: Kernel;
  readonly processes: readonly Process[];
  /** Value of a counter. */
  readonly value: (name: string) => number;
}

const TRAPS = ['onSyscall', 'onCall', 'onReturn', 'onLeave', 'onFault', 'onInterrupt', 'onIdle', 'onRefill'] as const;

function testStream(name: string): Rng {
  return openStream(1, 0, name);
}

/** Boots processes on a toy machine; nothing runs before the engine does. */
export function bootToy(specs: readonly ProcessSpec[], options: SystemOptions = {}): ToySystem {
  const { cores = 1, smt = false, syncWindow = 0, profile = toy } = options;
  const { policy = policies['baseline'], features = ['kpti'] } = options;
  const engine = new NativeEngine();
  const stats = new StatsRegistry();
  const door = {} as TrapHandler;
  const machine = buildMachine(profile, { cores, smt, syncWindow }, engine, stats, door);
  const kernel = new Kernel(machine, stats, policy, new Set(features), {
    scheduler: options.scheduler ?? 'eevdf',
    preemption: options.preemption ?? 'none',
  });
  Object.assign(door, Object.fromEntries(TRAPS.map((trap) => [trap, kernel[trap].bind(kernel)])));
  const processes = startProcesses({ machine, kernel, policy, openStream: testStream }, specs);
  if (options.traffic !== undefined) machine.nic.connect(options.traffic);
  const value = (name: string): number => {
    const row = stats.rows(stats.snapshot()).find((candidate) => candidate.name === name);
    if (row === undefined) throw new RangeError(`no counter ${name}`);
    return row.value;
  };
  return { engine, stats, machine, kernel, processes, value };
}

/** Regions of a test process: a page of native code, one of JIT output, two of data that take user copies. */
const regions = (dataPages: number): readonly RegionSpec[] => [
  { name: 'native', pages: 1, kind: 'native' },
  { name: 'jit', pages: 1, kind: 'verified' },
  { name: 'data', pages: dataPages, kind: 'data' },
];

/** A function of each attribute in each kind of code, named `jitAlwaysKernelMode` and so on, and one of JIT output without; those in JIT output are declared. */
export const FUNCTIONS: readonly FunctionSpec[] = (['jit', 'native'] as const)
  .flatMap((region) =>
    (['AlwaysKernelMode', 'AlwaysUserMode', 'UseCallersMode'] as const).map((attribute): FunctionSpec => ({
      name: `${region}${attribute}`,
      region,
      attribute,
      declared: region === 'jit',
    })),
  )
  .concat({ name: 'jitWithout', region: 'jit', declared: true });

/** What may differ among test processes. */
export interface ProcessOptions {
  readonly files?: readonly FileSpec[];
  readonly nice?: readonly number[];
  readonly isTrusted?: boolean;
  readonly functions?: readonly FunctionSpec[];
  /** Pages that take user copies; 2 unless given. */
  readonly dataPages?: number;
  /** Whether the programs need no results of their calls. */
  readonly runsAhead?: boolean;
}

/** A trusted process with a thread for each program. */
export function processOf(programs: readonly Program[], options: ProcessOptions = {}): ProcessSpec {
  const { files = [], nice = [], isTrusted = true, functions = FUNCTIONS, dataPages = 2, runsAhead = false } = options;
  return {
    name: 'test',
    isTrusted,
    regions: regions(dataPages),
    functions,
    files,
    words: 4,
    threads: programs.map((program, i) => ({
      name: `thread${i}`,
      nice: nice[i] ?? 0,
      program,
      buffer: 'data',
      runsAhead,
    })),
  };
}

/** Makes a system call and returns its result. */
export function* sys(env: ThreadEnv, name: CallName, a = 0, b = 0, c = 0): Generator<void, number, number> {
  env.stream.push(Op.Syscall, a, b, c, Nr[name]);
  return yield;
}

/** Retires instructions in the first line of a region of code. */
export function* work(env: ThreadEnv, region: 'native' | 'jit', instructions: number): Generator<void, void, number> {
  env.stream.push(Op.Execute, env.lineOf(region), 1, instructions);
  yield;
}

/** Calls a function of the process. */
export function* enter(env: ThreadEnv, name: string): Generator<void, void, number> {
  env.stream.push(Op.Call, env.functionOf(name), 0, 0);
  yield;
}

/** Returns from the function called last. */
export function* leave(env: ThreadEnv): Generator<void, void, number> {
  env.stream.push(Op.Return, 0, 0, 0);
  yield;
}
