import { serial } from './serial.ts';
import type { Collector } from './collector.ts';

/** A thread for each CPU collects while the program stands still (HotSpot Parallel, .NET server). */
export const parallel: Collector = {
  ...serial,
  doc: 'a thread for each CPU collects while the program stands still',
  threads: (cpus) => cpus,
};
