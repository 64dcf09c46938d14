import type { MachineDocument, MachineSummary } from '../experiment/machines/machinedocument.ts';
import { bytesText, type DifferenceRow } from '../experiment/machines/machinetable.ts';
import { latencyText } from '../report/latencycurve.ts';
import { alignColumns } from './text.ts';

/** Machines, one a line. */
export function listText(machines: readonly MachineSummary[]): string {
  const rows = machines.map(({ name, clockGHz, cores, sockets, entry, callCycles, mitigations, doc }) => [
    name,
    clockGHz.toFixed(2),
    coresText(cores, sockets),
    entry,
    String(callCycles),
    mitigations.join(' ') || '-',
    doc,
  ]);
  return alignColumns([['machine', 'GHz', 'cores', 'entry', 'call', 'mitigations', ''], ...rows]);
}

/** A machine in full, section by section. */
export function showText(machine: MachineDocument): string {
  const { name, doc, entry, pcid, options, mitigations, cores, sockets, threadsPerCore, confidence } = machine;
  const counts = Object.entries(confidence).map(([how, n]) => `${n} ${how}`);
  const facts = [
    `${cores} cores${sockets > 1 ? ` on ${sockets} sockets` : ''}${threadsPerCore > 1 ? `, each of ${threadsPerCore} hardware threads` : ''}, entered by ${entry}, ${pcid ? 'with' : 'without'} PCID`,
    `options: ${options.join(' ') || 'none'}; mitigations: ${mitigations.join(' ') || 'none'}`,
    `numbers: ${counts.join(', ')}`,
  ];
  const sections = [
    [`${name}: ${doc}`, ...facts].join('\n'),
    titled('Caches, TLBs and memory', storeText(machine)),
    titled('Numbers', numberText(machine)),
    titled('Steps of a stock system call, in order', stepText(machine)),
    titled('Policies: cycles by steps alone, a call in its parts', policyText(machine)),
    titled('TLB reach', reachText(machine)),
    ...(machine.latency === undefined ? [] : [titled('Load-to-use latency', latencyText(machine.latency))]),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** What differs between two machines. */
export function differenceText(a: string, b: string, differences: readonly DifferenceRow[]): string {
  if (differences.length === 0) return `${a} and ${b} differ in nothing but words`;
  const rows = differences.map((row) => [
    row.path,
    row.a,
    row.b,
    row.change === undefined ? '' : `x ${row.change.toPrecision(3)}`,
  ]);
  return alignColumns([['', a, b, ''], ...rows]);
}

/** `16`, or `2x16` on two sockets. */
function coresText(cores: number, sockets: number): string {
  return sockets > 1 ? `${sockets}x${cores / sockets}` : String(cores);
}

function titled(title: string, text: string): string {
  return `${title}\n${text}`;
}

function storeText({ stores }: MachineDocument): string {
  return alignColumns(stores.map(({ name, geometry, source }) => [name, geometry, source]));
}

function numberText({ numbers }: MachineDocument): string {
  const rows = numbers.map(({ path, value, range, confidence, source }) => [
    path,
    shortNumber(value),
    `${shortNumber(range[0])} to ${shortNumber(range[1])}`,
    confidence,
    source,
  ]);
  return alignColumns([['', 'value', 'range', '', 'source'], ...rows]);
}

function stepText({ callSteps, callCycles }: MachineDocument): string {
  const rows = callSteps.map(({ step, cycles }) => [step, String(cycles)]);
  return alignColumns([['', 'cycles'], ...rows, ['in all', String(callCycles)]]);
}

function policyText({ policies }: MachineDocument): string {
  const head = ['', 'KPTI', 'call', 'hardware', 'software', 'page table', 'event', 'page fault', 'switch'];
  const rows = policies.map(({ policy, kpti, call, event, pageFault, switch: change }) => {
    const cycles = [call.total, call.hardware, call.software, call.pageTable, event, pageFault, change];
    return [policy, kpti ? 'on' : 'off'].concat(cycles.map(String));
  });
  return alignColumns([head, ...rows]);
}

function reachText({ tlbReach }: MachineDocument): string {
  const rows = tlbReach.map(({ name, small, large }) => [name, reach(small), reach(large)]);
  return alignColumns([['', '4 KiB pages', '2 MiB pages'], ...rows]);
}

function reach(bytes: number): string {
  return bytes === 0 ? 'none' : bytesText(bytes);
}

function shortNumber(value: number): string {
  return value >= 1e6 ? value.toExponential(2) : String(value);
}
