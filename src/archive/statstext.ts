import type { Unit } from '../sim/stats.ts';
import type { HistogramRow, MetricRow, RunResult, StatRow } from './rows.ts';

const NAME_WIDTH = 40;
const VALUE_WIDTH = 12;
/** Ticks of stats.txt are nanoseconds of simulated time. */
const TICKS_PER_SECOND = 1_000_000_000;
const TICKS_PER_US = TICKS_PER_SECOND / 1_000_000;
const BEGIN = '---------- Begin Simulation Statistics ----------';
const END = '---------- End Simulation Statistics   ----------';
const HOST = '---------- Host, not part of the result ----------';

const UNIT_NAMES: Readonly<Record<Unit, string>> = {
  count: 'Count',
  cycles: 'Cycle',
  bytes: 'Byte',
  instructions: 'Instruction',
  ns: 'Nanosecond',
};

/** What the machine that ran the simulation spent on one run. */
export interface HostUse {
  readonly seconds: number;
  readonly memoryBytes: number;
}

/**
 * Statistics in the layout of gem5's stats.txt: a block for the warm-up and one for the measured phase, with the names gem5 users
 * know for simulated time. Equal results give equal bytes. Source: gem5 `src/base/stats/text.cc`.
 */
export function statsText(result: RunResult): string {
  const { warmupUs, measureUs } = result.spec.config;
  const lines = [
    ...block(warmupUs, result.warmup.map(statLine)),
    ...block(measureUs, [
      line('simEvents', result.events, 'Engine events of the whole run', 'Count'),
      ...result.metrics.map(metricLine),
      ...result.measure.map(statLine),
      ...result.histograms.flatMap(histogramLines),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Lines about the host, below a marker; they differ from machine to machine. */
export function hostText(result: RunResult, host: HostUse): string {
  const ticks = (result.spec.config.warmupUs + result.spec.config.measureUs) * TICKS_PER_US;
  const lines = [
    HOST,
    line('hostSeconds', host.seconds, 'Real time elapsed on the host', 'Second'),
    line('hostTickRate', Math.round(ticks / host.seconds), 'Simulated ticks per host second', 'Tick/Second'),
    line('hostEventRate', Math.round(result.events / host.seconds), 'Engine events per host second', 'Count/Second'),
    line('hostMemory', host.memoryBytes, 'Heap in use on the host', 'Byte'),
  ];
  return `${lines.join('\n')}\n`;
}

/** A stats.txt without its host block. */
export function withoutHost(text: string): string {
  const at = text.indexOf(HOST);
  return at < 0 ? text : text.slice(0, at);
}

function block(us: number, lines: readonly string[]): string[] {
  return [
    '',
    BEGIN,
    line('simSeconds', us / 1_000_000, 'Simulated time of the phase', 'Second'),
    line('simTicks', us * TICKS_PER_US, 'Simulated time of the phase', 'Tick'),
    line('simFreq', TICKS_PER_SECOND, 'Ticks per simulated second', 'Tick/Second'),
    ...lines,
    '',
    END,
  ];
}

function line(name: string, value: number, doc: string, unit: string): string {
  return `${name.padEnd(NAME_WIDTH)} ${String(value).padStart(VALUE_WIDTH)}                       # ${doc} (${unit})`;
}

function statLine({ name, value, doc, unit }: StatRow): string {
  return line(name, value, doc, UNIT_NAMES[unit]);
}

function metricLine({ name, component, value, unit }: MetricRow): string {
  return line(`response.${component}.${name}`, value, 'Response of the measured phase', unit);
}

function histogramLines({ name, unit, doc, samples, mean, stdev, min, max, quantiles }: HistogramRow): string[] {
  const parts = { samples, mean, stdev, min_value: min, max_value: max, ...quantiles };
  return Object.entries(parts).map(([part, value]) =>
    line(`${name}::${part}`, value, doc, part === 'samples' ? 'Count' : UNIT_NAMES[unit]),
  );
}
