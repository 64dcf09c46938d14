import type { RunResult, RunSpec } from '../archive/rows.ts';
import type { Engine } from '../sim/engine.ts';
import { NativeEngine } from '../sim/nativeengine.ts';
import type { StatsSnapshot } from '../sim/stats.ts';
import { assemble, type Assembly } from './assemble.ts';
import { audit } from './audit.ts';
import { deriveMetrics } from './metrics.ts';

/** How to run, as far as it does not change results. */
export interface RunOptions {
  /** A fresh engine; the native one by default. */
  readonly engine?: Engine;
}

/** What goes into a fingerprint: t event times, c components, p event payloads, v final statistics. */
const INGREDIENTS = 'tcpv';

/** One run, start to end: build, warm up, measure, audit, collect. Equal specs give equal results, to the bit. */
export function run(spec: RunSpec, options: RunOptions = {}): RunResult {
  const engine = options.engine ?? new NativeEngine();
  const assembly = assemble(spec, engine);
  const atStart = assembly.stats.snapshot();
  const atWarm = advance(assembly, engine, spec.config.warmupUs);
  assembly.stats.resetHistograms();
  const atEnd = advance(assembly, engine, spec.config.warmupUs + spec.config.measureUs);
  return collect(spec, assembly, engine, atWarm.minus(atStart), atEnd.minus(atWarm));
}

/** Runs up to a time in microseconds and takes a complete snapshot there. */
function advance(assembly: Assembly, engine: Engine, us: number): StatsSnapshot {
  const { machine, stats } = assembly;
  const time = machine.clock.cycles(us * 1000);
  engine.runUntil(time);
  for (const core of machine.cores) {
    core.settle(time);
    core.publish();
  }
  audit(assembly);
  return stats.snapshot();
}

function collect(
  spec: RunSpec,
  { machine, stats }: Assembly,
  engine: Engine,
  warmup: StatsSnapshot,
  measure: StatsSnapshot,
): RunResult {
  const histograms = stats.histogramRows();
  const rows = stats.rows(measure);
  const latency = histograms.find(({ name }) => name === 'server.latency')!;
  const seconds = spec.config.measureUs / 1e6;
  const metrics = deriveMetrics({ rows, latency, seconds, clock: machine.clock });
  for (const value of measure.values) engine.fingerprint.mix(value);
  return {
    spec,
    fingerprint: `${engine.fingerprint.hex()}/${INGREDIENTS}`,
    events: engine.executed,
    warmup: stats.rows(warmup),
    measure: rows,
    histograms,
    metrics,
  };
}
