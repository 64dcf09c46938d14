import { describe, expect, it } from 'vitest';
import { bootToy, processOf } from '../../test/model/toysystem.ts';
import { Thread, type ThreadState } from './thread.ts';
import { ORDINARY } from './sched/task.ts';
import { Authority } from './semantics/gate.ts';

const STATES: readonly ThreadState[] = ['new', 'runnable', 'running', 'sleeping', 'traced', 'zombie'];
/** A shortest way from birth to each state. */
const WAY: Readonly<Record<ThreadState, readonly ThreadState[]>> = {
  new: [],
  runnable: ['runnable'],
  running: ['runnable', 'running'],
  sleeping: ['runnable', 'running', 'sleeping'],
  traced: ['runnable', 'running', 'traced'],
  zombie: ['runnable', 'running', 'zombie'],
};
const LEGAL = new Set([
  'new > runnable',
  'runnable > running',
  'running > runnable',
  'running > sleeping',
  'running > traced',
  'running > zombie',
  'sleeping > runnable',
  'traced > runnable',
]);

function isLegal([from, to]: readonly [ThreadState, ThreadState]): boolean {
  return LEGAL.has(`${from} > ${to}`);
}

const [process] = bootToy([processOf([])]).processes;

function threadIn(state: ThreadState): Thread {
  const thread = new Thread(7, 'worker', process, ORDINARY, 0, 0);
  for (const step of WAY[state]) thread.moveTo(step);
  return thread;
}

describe('the states of a thread', () => {
  it('allow 8 of the 36 transitions; each of the other 28 is our bug, named with both states', () => {
    const pairs = STATES.flatMap((from) => STATES.map((to) => [from, to] as const));

    for (const [from, to] of pairs.filter((pair) => isLegal(pair))) {
      const thread = threadIn(from);
      thread.moveTo(to);
      expect(thread.state).toBe(to);
    }
    const illegal = pairs.filter((pair) => !isLegal(pair));
    for (const [from, to] of illegal)
      expect(() => threadIn(from).moveTo(to)).toThrow(`thread 7 (worker) cannot go from ${from} to ${to}`);
    expect(illegal).toHaveLength(28);
  });
});

describe('a thread', () => {
  it('is guarded only at CPL 0 under ByPage authority', () => {
    const thread = threadIn('running');
    const guarded = ([0, 3] as const).flatMap((cpl) =>
      Object.values(Authority).filter((authority) => {
        thread.cpl = cpl;
        thread.entryAuthority = authority;
        return thread.isGuarded();
      }),
    );

    expect(guarded).toEqual([Authority.ByPage]);
  });

  it('knows the function called last, and none outside of calls', () => {
    const thread = threadIn('running');
    expect(thread.currentFunction()).toBeUndefined();

    thread.callee[0] = 2;
    thread.depth = 1;

    expect(thread.currentFunction()).toBe(process.functions[2]);
  });
});
