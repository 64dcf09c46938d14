import type { FdKind } from '../../workloads/recorded/model.ts';
import type { Call } from './call.ts';
import type { Turn } from './conversations.ts';
import { isNonblocking, isPoll, operationOf, shapeOf } from './shapes.ts';

const EAGAIN = -11;
const ETIMEDOUT = -110;

/** Kinds that tell nothing beyond the call's own name. */
const SILENT: ReadonlySet<FdKind> = new Set(['epoll', 'listen', 'other']);

/** Parts of a call's name that do not need knowledge of the other threads: `read:socket`, `futex:wake`. */
export function coarseSite(call: Call, turn: Turn): string {
  const op = operationOf(call);
  const moves = shapeOf(call.name).moves !== undefined;
  const kind = turn.kind !== null && moves && !SILENT.has(turn.kind) ? `:${turn.kind}` : '';
  return call.name + kind + (op === '' ? '' : `:${op}`);
}

/**
 * How the call ended, if that decides what the thread does next: `:again`, `:timeout`, `:eof`, `:error`;
 * `:blocking` or `:nonblocking` for the flags that F_GETFL found.
 */
export function outcome(call: Call, turn: Turn): string {
  if (call.result === EAGAIN) return ':again';
  if (call.result === ETIMEDOUT) return ':timeout';
  if (call.result < 0) return ':error';
  if (call.name === 'fcntl' && operationOf(call) === 'getfl')
    return isNonblocking(call.result) ? ':nonblocking' : ':blocking';
  const ended = call.result === 0 && turn.kind === 'socket' && shapeOf(call.name).moves === 'in';
  return ended ? ':eof' : '';
}

/** Whether a thread may sleep in this call because it has nothing to do. */
export function waitsForWork(call: Call, turn: Turn): boolean {
  if (call.name === 'futex') return operationOf(call).startsWith('wait');
  if (isPoll(call.name)) return true;
  if (call.name.startsWith('accept')) return true;
  return shapeOf(call.name).moves === 'in' && (turn.kind === 'socket' || turn.kind === 'wakeup');
}

/** What naming a site needs to know of the whole capture. */
export interface NamingFacts {
  /** Replies are commonly written in several parts. */
  readonly splitReplies: boolean;
  /** Coarse sites whose calls ask for a few constant sizes. */
  readonly sizeClasses: ReadonlySet<string>;
  /** Role of the threads that sleep on a futex word, undefined if none does. */
  owner(address: number): string | undefined;
}

/** Name of a call site, see `CallSite.id`. */
export function siteOf(call: Call, turn: Turn, size: number, facts: NamingFacts): string {
  const coarse = coarseSite(call, turn);
  if (coarse === 'futex:wake') return `${coarse}:${facts.owner(call.args[0]) ?? 'mutex'}`;
  const reply = facts.splitReplies && turn.kind === 'socket' && shapeOf(call.name).moves === 'out';
  const part = reply ? (turn.part === 0 ? ':header' : ':body') : '';
  const sized = facts.sizeClasses.has(coarse + part) ? `:${size}` : '';
  return coarse + part + sized + outcome(call, turn);
}
