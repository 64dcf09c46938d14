import type { Rules } from './config.ts';
import { Errno } from './errno.ts';

/** The error of tracing a thread, or OK: not itself or a sibling, and with all its capabilities at least. */
export function decideTrace(exists: boolean, isOwnGroup: boolean, lacksCapability: boolean): Errno {
  if (!exists) return Errno.ESRCH;
  return isOwnGroup || lacksCapability ? Errno.EPERM : Errno.OK;
}

/** The error of stopping or moving a thread that may be traced, or OK: under PTRC none at CPL 0. */
export function decideTouch(rules: Rules, cpl: number): Errno {
  return rules.mechanisms.PTRC && cpl === 0 ? Errno.EPERM : Errno.OK;
}

/** The error of setting the registers of a thread that may be traced, or OK: Linux forces no kernel segment (`level` 0) on anybody. */
export function decideSetregs(rules: Rules, level: number, cpl: number): Errno {
  return level === 0 ? Errno.EIO : decideTouch(rules, cpl);
}

/** The error of a forced write (FOLL_FORCE: debugger, /proc/PID/mem), or OK: read-only private pages are copied, NOFORCE spares trusted ones. */
export function decideForcedWrite(
  rules: Rules,
  present: boolean,
  writable: boolean,
  trusted: boolean,
  shared: boolean,
): Errno {
  if (!present) return Errno.EIO;
  if (writable) return Errno.OK;
  return (rules.mechanisms.NOFORCE && trusted) || shared ? Errno.EIO : Errno.OK;
}
