import type { SchedulerName } from './sched/index.ts';
import type { PreemptionName } from './sched/preemption.ts';

/** What a kernel is built with. */
export interface KernelSettings {
  readonly scheduler: SchedulerName;
  readonly preemption: PreemptionName;
}
