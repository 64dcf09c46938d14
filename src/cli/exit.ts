/** Exit codes; scripts depend on them. */
export const EXIT = {
  ok: 0,
  /** A check of the model or a claim failed. */
  checkFailed: 1,
  /** Wrong usage or configuration. */
  usage: 2,
  someRunsFailed: 3,
  /** Bytes differ from what was archived. */
  mismatch: 4,
  /** Stopped by Ctrl-C, as shells have it: 128 + SIGINT. */
  interrupted: 130,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
