import { sourced, type MachineProfile } from '../profile.ts';

type KernelWork = NonNullable<MachineProfile['kernelWork']>;

const TABLES =
  'lmbench 2 on Pentium 4 class processors at 2.8 GHz, linux-kernel 2005 (Thouvenin, 2.6.11) and 2006 (Nagar, 2.6.16), fitted to both on northwood (docs/sources.md)';

/** Kernels by the years in which servers ran them: shares of the paths of Linux 6.18. */
export const kernels = {
  /** Linux 2.6.11 to 2.6.22. Reads, writes, paths, pipes and switches agree within the scatter of both tables without a share. */
  linux2005: {
    process: sourced(0.26, [0.2, 0.32], 'second-hand', `${TABLES}: fork 146 to 176 us, fork and exec 610 to 664 us`),
    signals: sourced(0.42, [0.38, 0.5], 'second-hand', `${TABLES}: signal and handler 2.28 to 2.61 us`),
    network: sourced(0.4, [0.33, 0.45], 'second-hand', `${TABLES}: TCP there and back 20.3 to 22 us`),
  },
} as const satisfies Record<string, KernelWork>;
