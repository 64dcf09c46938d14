/**
 * Classes of kernel paths whose length depends on the kernel that a machine runs. A profile gives for a class the share of the paths in
 * `src/kernel/calls` that its kernel executes; those are the paths of the recorded host, Linux 6.18. Without a share they are as long as there.
 */
export const KERNEL_WORK = {
  process: 'processes and threads begun, ended and collected, programs loaded',
  signals: 'signals sent, delivered and returned from',
  network: 'sockets of the Internet protocols, and what lies under them',
} as const satisfies Record<string, string>;
/** Name of a class of kernel paths. */
export type KernelClass = keyof typeof KERNEL_WORK;
