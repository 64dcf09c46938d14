import { possibleSteps } from '../../hw/checkprofile.ts';
import { sourced, type MachineProfile } from '../../hw/profile.ts';
import type { StepName } from '../../hw/steps.ts';
import { callSteps, policyRows } from '../machines/crossingtable.ts';
import { combine, cyclesOf, digits, measuredLeaf, type Derived, type Origin } from './origin.ts';
import { spreadOf, valuesOf, type Spread } from './readings.ts';

/** Half of a round trip, or of an interrupt with its acknowledgement. */
const HALF = 0.5;

/** Hertz of gigahertz, to a kilohertz. */
function hz(ghz: number): number {
  return Math.round(ghz * 1e6) * 1e3;
}

/** The core's clock and the time-stamp counter, which need not tick alike. */
export function deriveClock({ readings, gigahertz, text }: Origin): Derived {
  const { value, range } = spreadOf([...gigahertz.values()])!;
  const source = `${text}: dependent additions, one a cycle`;
  const fields = { clockHz: sourced(hz(value), [hz(range[0]), hz(range[1])], 'seen', source) };
  const tsc = spreadOf(readings.readings.filter(({ name }) => name === 'tsc').map((reading) => reading.value));
  const notes = [];
  if (tsc !== undefined && Math.abs(tsc.value / value - 1) > 0.02)
    notes.push(
      `the time-stamp counter ticks at ${digits(tsc.value)} GHz, the core ran at ${digits(value)} GHz; cycles are the core's`,
    );
  if (range[1] / range[0] > 1.05)
    notes.push(`the core's clock moved between ${digits(range[0])} and ${digits(range[1])} GHz from run to run`);
  return { fields, notes };
}

/**
 * The null call. Only its sum can be seen from outside; the steps keep the proportions of the base profile. `profile` is the base with the
 * mitigations of this kernel.
 */
export function deriveCall(origin: Origin, profile: MachineProfile): Derived {
  const spread = spreadOf([...cyclesOf(origin, 'call_enosys').values()]);
  if (spread === undefined) return { fields: {}, notes: [] };
  const steps = callSteps(profile, profile.features.includes('kpti'));
  const sum = steps.reduce((total, { cycles }) => total + cycles, 0);
  const factors = { value: spread.value / sum, low: spread.range[0] / sum, high: spread.range[1] / sum };
  const source = `${origin.text}: an empty call takes ${digits(spread.value)} cycles; its split among steps is that of ${origin.base.name}, scaled by ${digits(factors.value)}`;
  const names = [...new Set(steps.map(({ step }) => step))];
  const fields = names.map((step) => [`cost.${step}`, scaled(profile, step, factors, source)]);
  return { fields: Object.fromEntries(fields), notes: scaleNotes(factors.value, origin) };
}

function scaled(
  profile: MachineProfile,
  step: StepName,
  by: { value: number; low: number; high: number },
  source: string,
): unknown {
  const { value, range } = profile.cost[step]!;
  const low = Math.floor(range[0] * Math.min(by.low, by.value));
  const high = Math.ceil(range[1] * Math.max(by.high, by.value));
  return sourced(Math.round(value * by.value), [low, high], 'assumed', source);
}

function scaleNotes(factor: number, { base }: Origin): string[] {
  if (factor > 0.5 && factor < 2) return [];
  return [`an empty call takes ${digits(factor)} times what ${base.name} says: another base profile may fit better`];
}

/** The handler of a minor fault: a fault less the event, which `profile` gives. */
export function deriveFault(origin: Origin, profile: MachineProfile): Derived {
  const event = policyRows(profile).find(
    ({ policy, kpti }) => policy === 'baseline' && kpti === profile.features.includes('kpti'),
  )!.event;
  const handler = [...cyclesOf(origin, 'page_fault').values()].map((cycles) => cycles - event);
  const text = ({ value }: Spread): string =>
    `a write to a fresh page of a file in memory takes ${digits(value + event)} cycles, less ${event} of the event`;
  if (handler.some((cycles) => cycles <= 0))
    return { fields: {}, notes: ['a page fault takes no longer than the event of the base profile alone'] };
  return leafField('cost.pageFault', measuredLeaf(origin, handler, 'second-hand', text));
}

/** A line that another core holds modified: half of a round trip of a line between two cores. */
export function deriveRemote(origin: Origin): Derived {
  const trips = [...cyclesOf(origin, 'line_round_trip').values()].map((cycles) => cycles * HALF);
  return leafField(
    'remoteCycles',
    measuredLeaf(origin, trips, 'seen', () => 'half of a round trip of a line between the first two CPUs'),
  );
}

/** An interrupt to another core: half of what a barrier on a peer takes beyond one without, in the runs in which the peer was running. */
export function deriveInterrupt(origin: Origin): Derived {
  const { readings } = origin;
  const pairs = combine(valuesOf(readings, 'membarrier_peer'), valuesOf(readings, 'membarrier_alone'), (peer, alone) =>
    peer > 2 * alone ? peer - alone : NaN,
  );
  const rounds = pairs.filter((ns) => !Number.isNaN(ns));
  const text = ({ value }: Spread): string =>
    `an interrupt with its acknowledgement takes ${digits(value / HALF)} ns, half of it one way`;
  const leaf = measuredLeaf(
    origin,
    rounds.map((ns) => ns * HALF),
    'second-hand',
    text,
  );
  const absent = pairs.length - rounds.length;
  const notes =
    absent === 0 ? [] : [`in ${absent} of ${pairs.length} runs the peer of the barrier slept: no interrupt was seen`];
  if (leaf === undefined) return { fields: {}, notes };
  // One way takes between a quarter of the round and all of it.
  const [low, high] = leaf.range;
  return { fields: { ipiNs: { ...leaf, range: [Math.floor(low * HALF), Math.ceil(high / HALF)] } }, notes };
}

/** What a switch to another address space costs beyond one between threads, if it stands out of the noise. */
export function deriveSpaceSwitch(origin: Origin): Derived {
  const extra = combine(
    cyclesOf(origin, 'pipe_processes'),
    cyclesOf(origin, 'pipe_threads'),
    (process, thread) => (process - thread) * HALF,
  );
  const spread = spreadOf(extra);
  if (spread === undefined || spread.range[0] > 0)
    return leafField(
      'cost.spaceSwitch',
      measuredLeaf(
        origin,
        extra,
        'second-hand',
        () => 'half of what a pipe round trip between processes takes beyond one between threads',
      ),
    );
  const [low, high] = spread.range;
  return {
    fields: {},
    notes: [`a switch of address spaces does not stand out of the noise: ${digits(low)} to ${digits(high)} cycles`],
  };
}

/** Steps that this machine needs and the base profile has no cost for. */
export function lackingSteps(profile: MachineProfile): readonly StepName[] {
  return possibleSteps(profile).filter((name) => profile.cost[name] === undefined);
}

function leafField(path: string, leaf: unknown): Derived {
  return { fields: leaf === undefined ? {} : { [path]: leaf }, notes: [] };
}
