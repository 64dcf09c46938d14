import type { RunResult, RunSpec } from '../archive/rows.ts';
import { Rank, type Engine, type EventHandler } from '../sim/engine.ts';
import type { Tracer } from '../kernel/tracingdoor.ts';
import { NativeEngine } from '../sim/nativeengine.ts';
import type { StatsSnapshot } from '../sim/stats.ts';
import { assemble, type Assembly } from './assemble.ts';
import { audit } from './audit.ts';
import { countSemantics, deriveMetrics, semanticsMetrics } from './metrics.ts';

/** How to run, as far as it does not change results. */
export interface RunOptions {
  /** A fresh engine; the native one by default. */
  readonly engine?: Engine;
  /** Is told what happens, see `TRACE_KINDS`. */
  readonly tracer?: Tracer;
}

const PHASE_END: EventHandler = { name: 'phaseEnd', onEvent: () => {} };

/** What goes into a fingerprint: t event times, c components, p event payloads, v final statistics. */
const INGREDIENTS = 'tcpv';

/** One run, start to end: build, warm up, measure, audit, collect. Equal specs give equal results, to the bit. */
export function run(spec: RunSpec, options: RunOptions = {}): RunResult {
  const engine = options.engine ?? new NativeEngine();
  const assembly = assemble(spec, engine, options.tracer);
  const { warmupUs, measureUs } = spec.config;
  const warm = advance(assembly, engine, warmupUs);
  assembly.stats.resetHistograms();
  const end = advance(assembly, engine, warmupUs + measureUs);
  return collect(spec, assembly, engine, { warm, end });
}

/** One phase: runs up to a time in microseconds and takes a complete snapshot there. */
function advance(assembly: Assembly, engine: Engine, us: number): StatsSnapshot {
  const { machine, stats, requests } = assembly;
  const underWay = requests.restart();
  const time = machine.clock.cycles(us * 1000);
  // An event at the end of the phase, so that no core runs past it by more than its window.
  engine.schedule(time, Rank.Phase, engine.register(PHASE_END), 0, 0);
  engine.runUntil(time);
  for (const core of machine.cores) core.settle(time);
  requests.settle(time);
  machine.publish();
  audit(assembly, { end: time, underWay });
  return stats.snapshot();
}

function collect(spec: RunSpec, { machine, stats }: Assembly, engine: Engine, snapshots: Snapshots): RunResult {
  const histograms = stats.histogramRows();
  const measured = snapshots.end.minus(snapshots.warm);
  const rows = stats.rows(measured);
  const latency = histograms.find(({ name }) => name === 'server.latency')!;
  const semantics = countSemantics(stats.rows(snapshots.end));
  const phase = { rows, latency, seconds: spec.config.measureUs / 1e6, clock: machine.clock };
  for (const value of measured.values) engine.fingerprint.mix(value);
  return {
    spec,
    fingerprint: `${engine.fingerprint.hex()}/${INGREDIENTS}`,
    events: engine.executed,
    warmup: stats.rows(snapshots.warm),
    measure: rows,
    histograms,
    metrics: [...deriveMetrics(phase), ...semanticsMetrics(semantics)],
    semantics,
  };
}

/** Counters at the ends of the two phases; both start from zero at boot. */
interface Snapshots {
  readonly warm: StatsSnapshot;
  readonly end: StatsSnapshot;
}
