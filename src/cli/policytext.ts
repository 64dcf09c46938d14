import type { PolicyDifference, PolicyDocument, PolicySummary } from '../experiment/policies/policydocument.ts';
import { alignColumns } from './text.ts';

/** Policies, one a line, with what a null call costs by steps alone. */
export function policyListText(policies: readonly PolicySummary[], machine: string): string {
  const rows = policies.map(({ name, callCycles, callCyclesKpti, grants, bound, doc }) => [
    name,
    String(callCycles),
    String(callCyclesKpti),
    grants.join(' ') || '-',
    bound,
    doc,
  ]);
  const head = [
    'policy',
    'call',
    'with KPTI',
    'grants the server',
    'bound',
    `cycles of a call and its return on ${machine}`,
  ];
  return alignColumns([head, ...rows]);
}

const SERVICES = {
  each: 'each by its own entry',
  ring: 'gathered in a ring, by one entry for all of them',
  polled: 'submitted to a ring that a kernel thread polls',
  inside: 'from inside, where the thread stays after a call',
} as const;

/** A policy in full. */
export function policyText(policy: PolicyDocument): string {
  const {
    name,
    doc,
    grants,
    reading,
    bound,
    machine,
    kpti,
    thousand,
    options,
    without,
    inUser,
    work,
    filterInstructions,
  } = policy;
  const shares = Object.entries(work).map(([call, { value, source }]) => `${call} x ${value} (${source})`);
  const facts = alignColumns([
    ['grants the server', grants.join(' ') || 'nothing'],
    ['reading of the proposal', reading],
    ['gain bounded by', bound],
    ['brings', options.join(' ') || 'nothing'],
    ...(filterInstructions === undefined ? [] : [['filter', `${filterInstructions} instructions a call`]]),
    ...policy.ways.map(({ way, seenBy, missedBy }) => [
      way,
      `seen by ${seenBy.join(', ') || 'nothing'}${missedBy.length === 0 ? '' : `; bypasses ${missedBy.join(', ')}`}`,
    ]),
    ['does without', without.join(' ') || 'nothing'],
    ['answered in user mode', inUser.join(' ') || 'nothing'],
    ['calls come', SERVICES[policy.service.kind]],
    ['left of kernel paths', shares.join(', ') || 'all'],
    ['1000 instructions take', `${thousand[3]} at CPL 3, ${thousand[0]} at CPL 0`],
    ['wild native code', `takes the machine down by ${policy.reach.machine.join(', ') || 'nothing'}`],
  ]);
  const crossings = policy.crossings.map(({ crossing, cpl, cycles, steps, stepCycles }) => [
    crossing,
    `CPL ${cpl}`,
    String(cycles),
    steps.map((step, i) => `${step} ${stepCycles[i]}`).join(' + '),
  ]);
  const mechanisms = policy.mechanisms.map((row) => [row.name, row.doc, row.price]);
  return [
    `${name}: ${doc}\n${facts}`,
    `Crossings on ${machine}, in cycles, ${kpti ? 'with' : 'without'} KPTI\n${alignColumns(crossings)}`,
    ...(mechanisms.length === 0 ? [] : [`Mechanisms in force\n${alignColumns(mechanisms)}`]),
    `Worked example:  ringsim sweep ${policy.example ?? 'experiments/risk.yaml'}\nIn a study:  vary: { policy: [baseline, ${name}] }\nAmendments after the name: ${policy.amendments.join(' ')}\n`,
  ].join('\n\n');
}

/** What differs between two policies. */
export function policyDifferenceText(a: string, b: string, differences: readonly PolicyDifference[]): string {
  if (differences.length === 0) return `${a} and ${b} differ in nothing but words`;
  return differences.map((row) => `${row.path}\n  ${a}: ${row.a}\n  ${b}: ${row.b}`).join('\n');
}
