import { invariant } from '../sim/errors.ts';
import type { Assembly } from './assemble.ts';

/** Laws that every run must keep, checked at the end of each phase; a broken one is our bug and aborts the run. */
export function audit({ machine, stats }: Assembly): void {
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
  const violations = value('semantics.violations');
  invariant(violations === 0, `${violations} changes of mode broke an invariant of the semantics`, {
    component: 'semantics',
  });
}
