import type { RoleScript } from '../../server.ts';

const US_PER_MS = 1000;

/** A thread that sleeps, and then makes what was written since last, again and again. `flush` writes what user memory holds back. */
export function* syncEvery(
  role: RoleScript,
  fd: number,
  milliseconds: number,
  flush: () => void = () => {},
): Generator<void, void, number> {
  for (;;) {
    role.script.syscall('clock_nanosleep', Math.round(milliseconds * US_PER_MS));
    yield;
    flush();
    role.step('sync', 'fdatasync', fd);
    yield;
  }
}
