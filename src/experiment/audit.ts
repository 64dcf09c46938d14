import { INVARIANT_IDS, INVARIANTS } from '../kernel/semantics/invariants.ts';
import { invariant } from '../sim/errors.ts';
import type { Cycles } from '../sim/units.ts';
import type { Assembly } from './assemble.ts';

/** A phase that has just ended, on all cores. */
export interface Phase {
  readonly end: Cycles;
  /** Requests under way when it began. */
  readonly underWay: number;
}

type Law = (assembly: Assembly, phase: Phase) => void;

/** Conservation laws that every run must keep; a broken one is our bug and aborts the run. */
const LAWS: Readonly<Record<string, Law>> = {
  cpiStack,
  interrupts,
  messages,
  losses,
  threads,
  wakeups,
  requests,
  littlesLaw,
  promises,
};

/** Checks all laws at the end of a phase. */
export function audit(assembly: Assembly, phase: Phase): void {
  for (const law of Object.values(LAWS)) law(assembly, phase);
}

/** The CPI buckets of each core sum to its clock. */
function cpiStack({ machine }: Assembly): void {
  for (const core of machine.cores) {
    const accounted = core.ledger.accounted();
    const message = `CPI buckets sum to ${accounted} cycles, the clock says ${core.now}`;
    invariant(accounted === core.now, message, { component: core.name, time: core.now });
  }
}

/** Interrupts between processors that were sent are delivered, or still under way. */
function interrupts({ machine }: Assembly, { end }: Phase): void {
  const overdue = machine.apic.overdue(end);
  invariant(overdue === 0, `${overdue} interrupts between processors were sent but not delivered`, {
    component: 'apic',
    time: end,
  });
}

/** Messages that arrived have been brought to their sockets, or wait in a receive ring. */
function messages({ machine: { nic }, kernel }: Assembly, { end }: Phase): void {
  const { delivered } = kernel.host.network;
  const message = `${nic.received} messages arrived, ${delivered} were delivered and ${nic.waiting} wait`;
  invariant(nic.received === delivered + nic.waiting, message, { component: 'nic', time: end });
}

/** Messages that were lost have been sent again, wait for that, or belonged to a connection that has ended. */
function losses({ machine: { nic } }: Assembly, { end }: Phase): void {
  const { dropped, resent, abandoned, awaited } = nic.losses;
  const message = `${dropped} messages were lost, ${resent} were sent again, ${awaited} wait for it and ${abandoned} ended with their connection`;
  invariant(dropped === resent + awaited + abandoned, message, { component: 'nic', time: end });
}

/** Each thread is runnable, running or asleep at any time: its time in these states is the time since it started. */
function threads({ kernel, machine }: Assembly, { end }: Phase): void {
  const { times } = kernel.scheduler;
  const [runnable, running, sleeping, traced] = times.cycles;
  const passed = times.threads.reduce((sum, { startedAt, changedAt }) => sum + changedAt - startedAt, 0);
  const accounted = runnable + running + sleeping + traced;
  const site = { component: 'scheduler', time: end };
  invariant(accounted === passed, `threads were runnable, running or asleep ${accounted} cycles of ${passed}`, site);
  const busy = machine.cores.reduce((sum, core) => sum + core.ledger.busy(), 0);
  invariant(running <= busy, `threads ran ${running} cycles, cores were busy ${busy}`, site);
}

/** Who went to sleep was woken, or is asleep. */
function wakeups({ kernel }: Assembly, { end }: Phase): void {
  const { times } = kernel.scheduler;
  const asleep = times.threads.filter(({ state }) => state === 'sleeping').length;
  const message = `threads went to sleep ${times.sleeps} times, ${times.wakeups} were woken and ${asleep} are asleep`;
  invariant(times.sleeps === times.wakeups + asleep, message, { component: 'scheduler', time: end });
}

/** Requests that were due are completed or under way. */
function requests({ requests: { begun, completed, underWay } }: Assembly, { end }: Phase): void {
  const message = `${begun} requests begun, ${completed} completed, ${underWay} under way`;
  invariant(begun === completed + underWay && underWay >= 0, message, { component: 'clients', time: end });
}

/**
 * Little's law (Operations Research 9(3), 1961) for a finite time: requests under way, integrated over the phase, are the latencies of those that it
 * completed, less what lay before it, plus what those still under way have waited.
 */
function littlesLaw({ requests: { area, ages, latency } }: Assembly, { end, underWay }: Phase): void {
  const sum = latency.mean * latency.samples;
  const slack = 1e-9 * (sum + area) + latency.samples; // rounding of the mean; a cycle each
  const [least, most] = [sum - underWay * latency.max - slack, sum + ages + slack];
  const message = `${area} request cycles were under way, latencies say ${least} to ${most}`;
  invariant(least <= area && area <= most, message, { component: 'clients', time: end });
}

/**
 * Invariants of the proposal that the policy's reading promises are not broken. Those of function alone are counted: the literal text contradicts
 * itself there (gaps G4 and G5), and only the hardened reading keeps what it promises.
 */
function promises({ stats, policy }: Assembly): void {
  const rows = stats.rows(stats.snapshot());
  for (const id of INVARIANT_IDS) {
    const { class: kind, promisedBy } = INVARIANTS[id];
    const isPromised =
      (promisedBy as readonly string[]).includes(policy.semantics) && (kind !== 'F' || policy.semantics === 'H');
    const broken = rows.find(({ name }) => name === `semantics.violations.${id}`)?.value ?? 0;
    const message = `changes of mode broke invariant ${id} ${broken} times`;
    invariant(broken === 0 || !isPromised, message, { component: 'semantics' });
  }
}
