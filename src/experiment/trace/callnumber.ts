import { CALLS } from '../../kernel/abi.ts';
import { syscallNumber } from '../import/numbers.ts';

/** Calls of the model that are operations of one call of Linux, by how their names begin. */
const FAMILIES: readonly (readonly [start: string, name: string])[] = [
  ['futex_', 'futex'],
  ['epoll_add', 'epoll_ctl'],
  ['epoll_mod', 'epoll_ctl'],
  ['epoll_del', 'epoll_ctl'],
];

/** Number on x86-64 of a call given by its place in CALLS; −1 for the proposal's, which have none. */
export function numberOf(nr: number): number {
  const name = CALLS[nr];
  const family = FAMILIES.find(([start]) => name.startsWith(start));
  return syscallNumber(family?.[1] ?? name);
}
