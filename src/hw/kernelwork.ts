/**
 * Classes of kernel paths whose length depends on the kernel that a machine runs. A profile gives for a class the share of the paths in
 * `src/kernel/calls` that its kernel executes, above 1 where its own are longer; those are the paths of the recorded host, Linux 6.18. Without a
 * share they are as long as there. What a fault and a switch do besides are steps of a profile: `pageFault`, `accessHandler`, `pickNext`, `threadSwitch`.
 */
export const KERNEL_WORK = {
  identity: 'ids, names, limits and settings of the calling task',
  files: 'descriptors read, written, moved and asked, and the page cache under them',
  paths: 'names looked up: files opened and closed, and asked by path',
  memory: 'mappings made, changed and taken away',
  process: 'processes and threads begun, ended and collected, programs loaded',
  handlers: 'handlers and masks of signals set',
  signals: 'signals sent, delivered and returned from',
  scheduling: 'threads woken, chosen and switched; cores yielded',
  ipc: 'pipes, local sockets, counters and futexes',
  polling: 'many files waited for at once',
  time: 'clocks read',
  network: 'sockets of the Internet protocols, and what lies under them',
} as const satisfies Record<string, string>;
/** Name of a class of kernel paths. */
export type KernelClass = keyof typeof KERNEL_WORK;
