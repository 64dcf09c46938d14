import type { Ask, Bench, Time } from '../lab.ts';
import type { Pattern } from '../pattern.ts';
import { counted, scaled, SWITCHING, type Scenario } from '../scenario.ts';
import { operationScenarios } from './operations.ts';

/** Points by which a share of a page fault or of a call may deviate, as those of a server. */
const POINTS = 5;

/** A page fault, with all its runs changed alike. */
function fault(bench: Bench, rest: Parameters<Ask>[1]): Time {
  const ask: Ask = (operation, own = {}) => bench.ask(operation, { ...own, ...rest });
  return operationScenarios['page-fault'].time({ ...bench, ask });
}

/** By how much a page fault of code in kernel mode is faster than one of user code, in percent; an IRET may be a plain return. */
const faster = (doc: string, returns: boolean): Scenario =>
  counted('share', doc, POINTS, (bench) => {
    const price = bench.profile.cost.directCall?.value ?? NaN;
    const profile = returns ? { 'cost.iretSame': price } : {};
    const [user, kernel] = [fault(bench, {}), fault(bench, { policy: 'ukl-base', profile })];
    return (1 - kernel.ns / user.ns) * 100;
  });

/** Programs linked with the kernel, and threads that share its address space. */
export const unikernelScenarios = {
  'fault-in-kernel-mode': faster('page faults at CPL 0 against those of the stock kernel', false),
  'fault-with-ret': faster('as fault-in-kernel-mode, with a plain return in place of IRET', true),
  'thread-switch': {
    doc: 'a switch between threads of a process: half of a futex there and back',
    tolerance: SWITCHING,
    time: ({ ask }) => scaled(ask('futex'), 1 / 2),
  },
} as const satisfies Record<string, Scenario>;

const gain = (policy: string) => ({ kind: 'gain', against: { policy }, tolerance: POINTS }) as const;

/** Metrics of unikernels. */
export const unikernelPatterns: readonly Pattern[] = [
  { match: /page fault.*\bret\b.*\biret\b/i, unit: /%/, scenario: 'fault-with-ret', args: [] },
  { match: /page fault.*(?:kernel mode|ring.?0|cpl.?0)/i, unit: /%/, scenario: 'fault-in-kernel-mode', args: [] },
  {
    match: /(?:byp|bypass) gain at (\d+ ?k?b)\b/i,
    unit: /%/,
    scenario: 'lebench-read-on',
    compare: () => gain('ukl-bypass'),
  },
  {
    match: /shortcut gain at (\d+ ?k?b)\b/i,
    unit: /%/,
    scenario: 'lebench-read-on',
    compare: () => gain('ukl-shortcut'),
  },
  { match: /null-?(?:sys)?call gain/i, unit: /%/, scenario: 'null-call', args: [], compare: gain },
  { match: /(?<!osv )thread.switch(?!.*osv)/i, unit: /^(?:ns|us|cycles)/, scenario: 'thread-switch', args: [] },
];
