import { run } from '../../src/experiment/run.ts';
import { NativeEngine } from '../../src/sim/nativeengine.ts';
import { configOf } from '../fidelity/compare.ts';

/** A server that is simulated on few cores and on many. */
export interface Load {
  readonly title: string;
  readonly workload: string;
  /** Parameters of the workload on so many cores. */
  readonly params: (cores: number) => Readonly<Record<string, string | number>>;
}

/** Speed of `interval` on a server of so many cores. */
export interface Scale {
  readonly cores: number;
  /** System calls that a core makes in a simulated second. */
  readonly callsPerCoreSecond: number;
  /** System calls simulated in a second of this process's CPU time. */
  readonly callsPerSecond: number;
  /** CPU seconds for one simulated second of one core, in the measured phase. */
  readonly slowdown: number;
  /** The same over all of the run: the building of the machine and the warm-up, in which all is cold, included. */
  readonly wholeSlowdown: number;
}

/** A load whose cores have nothing to do with each other, and one whose cores contend for locks. */
export const LOADS: readonly Load[] = [
  {
    title:
      'call-graph, a million calls a second on each core: 512 bytes of a cached file each, by threads that share no lock',
    workload: 'call-graph',
    params: () => ({ syscallsPerMs: 2000, service: 'pread64' }),
  },
  {
    title: 'java-nio, 4 connections a core, whose threads contend for locks the more the more cores there are',
    workload: 'java-nio',
    params: (cores) => ({ connections: 4 * cores }),
  },
];
/** Cycles that a core may run ahead: the default, and what studies of many cores that share little may choose. */
export const WINDOWS = [1000, 16_000] as const;

/** Simulated milliseconds of each core before the measured phase. */
const WARM_MS = 1;
/** Simulated milliseconds of all cores together in the measured phase, so that every point takes the same time. */
const CORE_MS = 250;
/** Runs of a point, of which the quickest counts: others use the host too. */
const ROUNDS = 2;

/** Speeds of a server, from few cores to many, measured in turns; machines are widened beyond what they were sold with. */
export function scaling(load: Load, syncWindow: number, cores: readonly number[]): readonly Scale[] {
  measure(load, syncWindow, cores[0]); // compiles the hot paths
  const rounds = Array.from({ length: ROUNDS }, () => cores.map((count) => measure(load, syncWindow, count)));
  return cores.map((_, i) => rounds.map((round) => round[i]).reduce(quicker));
}

/** The less of each time of two runs that are the same but for the host. */
function quicker(one: Scale, other: Scale): Scale {
  return {
    ...one,
    callsPerSecond: Math.max(one.callsPerSecond, other.callsPerSecond),
    slowdown: Math.min(one.slowdown, other.slowdown),
    wholeSlowdown: Math.min(one.wholeSlowdown, other.wholeSlowdown),
  };
}

/** Notes what each phase of a run takes. */
class TimedEngine extends NativeEngine {
  /** CPU seconds of the last phase. */
  phaseSeconds = 0;

  override runUntil(time: number): void {
    const before = cpuSeconds();
    super.runUntil(time);
    this.phaseSeconds = cpuSeconds() - before;
  }
}

function measure({ workload, params }: Load, syncWindow: number, cores: number): Scale {
  const machine = { machine: 'skylake-sp', policy: 'baseline', fidelity: 'interval' } as const;
  const phases = { warmupUs: WARM_MS * 1000, measureUs: (CORE_MS / cores) * 1000 };
  const config = configOf({ ...machine, ...phases, workload, cores, syncWindow }, params(cores));
  const engine = new TimedEngine();
  const before = cpuSeconds();
  const { measure: rows } = run({ config, seed: 1, replication: 0 }, { engine });
  const whole = cpuSeconds() - before;
  const calls = rows.reduce((sum, { name, value }) => (name.startsWith('kernel.calls.') ? sum + value : sum), 0);
  return {
    cores,
    callsPerCoreSecond: (1000 * calls) / CORE_MS,
    callsPerSecond: calls / engine.phaseSeconds,
    slowdown: (engine.phaseSeconds * 1000) / CORE_MS,
    wholeSlowdown: (whole * 1000) / (CORE_MS + cores * WARM_MS),
  };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
