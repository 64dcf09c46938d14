import type { Policy } from '../kernel/policy.ts';
import { INVARIANT_IDS, INVARIANTS, type InvariantId } from '../kernel/semantics/invariants.ts';
import { invariant } from '../sim/errors.ts';
import type { Assembly } from './assemble.ts';

/** Laws that every run must keep, checked at the end of each phase; a broken one is our bug and aborts the run. */
export function audit({ machine, stats, policy }: Assembly): void {
  for (const core of machine.cores) {
    const accounted = core.ledger.accounted();
    invariant(accounted === core.now, `CPI buckets sum to ${accounted} cycles, the clock says ${core.now}`, {
      component: core.name,
      time: core.now,
    });
  }
  const value = (name: string): number => stats.rows(stats.snapshot()).find((row) => row.name === name)?.value ?? 0;
  const sent = value('apic.ipisSent');
  const delivered = value('apic.ipisDelivered');
  invariant(delivered <= sent, `${delivered} interrupts between processors delivered, ${sent} sent`, {
    component: 'apic',
  });
  for (const id of INVARIANT_IDS) {
    const broken = value(`semantics.violations.${id}`);
    invariant(broken === 0 || !isPromised(id, policy), `changes of mode broke invariant ${id} ${broken} times`, {
      component: 'semantics',
    });
  }
}

function isPromised(id: InvariantId, policy: Policy): boolean {
  return (INVARIANTS[id].promisedBy as readonly string[]).includes(policy.semantics);
}
