import type { Scalar } from '../archive/rows.ts';

const switches: Readonly<Record<string, string>> = { kpti: 'KPTI', mitigations: 'mitigations' };
/** Factors whose levels name themselves. */
const selfNamed = new Set(['policy', 'machine', 'workload']);
const unitSymbols: Readonly<Record<string, string>> = { us: 'µs', none: '', '1': '', ratio: '', share: '' };

const suffixUnits: Readonly<Record<string, string>> = { Us: 'µs', Kib: 'KiB', Mib: 'MiB' };

const acronyms = /\b(jni|gc|tlb|ipi|llc)\b/g;

/** A level as a reader says it: `8 cores`, `with KPTI`, `skylake-sp`, `think = 50 µs`. */
export function levelLabel(factor: string, level: Scalar): string {
  if (selfNamed.has(factor)) return String(level);
  if (factor === 'cores') return `${level} core${level === 1 ? '' : 's'}`;
  const name = switches[factor];
  if (name !== undefined) return `${level === true ? 'with' : 'without'} ${name}`;
  const { words, unit } = factorWords(factor);
  return `${words} = ${level}${unit === '' ? '' : ` ${unit}`}`;
}

/** A factor as an axis title: `cores`, `think (µs)` from `params.thinkUs`; paths lose their prefix. */
export function factorTitle(factor: string): string {
  const { words, unit } = factorWords(factor);
  if (factor in switches) return switches[factor];
  return unit === '' ? words : `${words} (${unit})`;
}

/** The words and the unit of a camel-case name: `cr3 write` and `ns` from `cost.cr3WriteNs`. */
function factorWords(factor: string): { words: string; unit: string } {
  const name = factor.split('.').at(-1) ?? factor;
  const [, stem = name, suffix = ''] = /^(.+?)(?<!Per)(Us|Ns|Ms|Cycles|Bytes|Kib|Mib)$/.exec(name) ?? [];
  const words = stem.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return {
    words: words.replaceAll(acronyms, (word) => word.toUpperCase()),
    unit: suffixUnits[suffix] ?? suffix.toLowerCase(),
  };
}

/** A metric as a reader says it: `p99 latency`, `throughput`, `refused calls (EPERM)`. */
export function metricLabel(metric: string): string {
  const [family = '', part] = metric.split('.');
  const named: Readonly<Record<string, string>> = {
    latency: part === 'mean' ? 'mean latency' : `${part} latency`,
    refused: `refused calls (${part})`,
    cyclesPerRequest: `cycles per request (${part})`,
  };
  return part === undefined ? metric : (named[family] ?? metric);
}

/** Axis title with the unit: `p99 latency (µs)`. */
export function axisTitle(metric: string, unit: string): string {
  const symbol = unitSymbol(unit);
  return symbol === '' ? metricLabel(metric) : `${metricLabel(metric)} (${symbol})`;
}

/** A unit as it is printed: `µs` from `us`, nothing for shares. */
export function unitSymbol(unit: string): string {
  return unitSymbols[unit] ?? unit;
}

/** `95 %` from 0.95. */
export function percent(level: number): string {
  return `${Number((level * 100).toFixed(2))} %`;
}
