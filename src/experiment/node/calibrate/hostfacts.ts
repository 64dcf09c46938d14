import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, loadavg, release } from 'node:os';
import { join } from 'node:path';

/** The facts of `Readings` that do not come from the probe: processor, caches, mitigations, kernel. Those the host hides are absent. */
export function hostFacts(date: string, compiler: string): Record<string, string> {
  const cpu = cpuinfo();
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ['date', date],
    ['compiler', compiler],
    ['kernel', release().split('-')[0]],
    ['cpus', String(availableParallelism())],
    ['load', loadavg()[0].toFixed(2)],
    ['cpu.vendor', cpu.get('vendor_id')],
    ['cpu.family', cpu.get('cpu family')],
    ['cpu.model', cpu.get('model')],
    ['cpu.name', cpu.get('model name')],
    ['cpu.flags', cpu.get('flags')],
    ...caches(),
    ...vulnerabilities(),
  ];
  return Object.fromEntries(pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
}

/** The first processor of `/proc/cpuinfo`. */
function cpuinfo(): ReadonlyMap<string, string> {
  const first = read('/proc/cpuinfo').split('\n\n')[0];
  return new Map(first.split('\n').map((line) => line.split(/\s*:\s*/, 2) as [string, string]));
}

/** `cache.INDEX`: level, kind, size and ways. */
function caches(): [string, string][] {
  const dir = '/sys/devices/system/cpu/cpu0/cache';
  return list(dir)
    .filter((name) => name.startsWith('index'))
    .map((name) => {
      const parts = ['level', 'type', 'size', 'ways_of_associativity'].map((file) => read(join(dir, name, file)));
      return [`cache.${name.slice('index'.length)}`, parts.join(' ').trim()];
    });
}

function vulnerabilities(): [string, string][] {
  const dir = '/sys/devices/system/cpu/vulnerabilities';
  return list(dir).map((name) => [`vulnerability.${name}`, read(join(dir, name))]);
}

function list(dir: string): string[] {
  try {
    return readdirSync(dir).toSorted();
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
