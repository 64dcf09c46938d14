import type { ThreadEnv } from '../../../kernel/abi.ts';
import type { RoleScript, Worked } from '../../server.ts';
import type { Front } from './front.ts';
import type { Actor } from './process.ts';
import type { Work } from './stated.ts';

/** Work of a thread that accepts: objects of the connection, its options. Assumed. */
export const ACCEPT_WORK: Work = { accept: 4000 };

/** A thread that accepts, where clients open connections; none where all are open already. */
export function acceptorOf(
  front: Front,
  work: Worked,
  run: (env: ThreadEnv, role: RoleScript) => Generator<void, void, number>,
): readonly Actor[] {
  return front.accepts ? [{ name: 'acceptor', work, run }] : [];
}

/** Who takes accepted connections. */
interface Taker {
  tell(role: RoleScript, fd: number): Generator<void, void, number>;
}

/** Accepts, and gives each connection to the next one in turn. */
export function* acceptFor(role: RoleScript, front: Front, takers: readonly Taker[]): Generator<void, void, number> {
  for (let next = 0; ; next = (next + 1) % takers.length) {
    role.step('accept', 'accept4', front.port, front.flags(false));
    const result = yield;
    yield* takers[next].tell(role, front.accepted(result));
  }
}
