import { describe, expect, it } from 'vitest';
import { bootToy, processOf, sys } from '../../../test/model/toysystem.ts';
import type { FileSpec, Program } from '../abi.ts';

const MS = 1e6;
const [READ, WRITE] = [0, 1];
const pipe: readonly FileSpec[] = [
  { kind: 'pipe', id: 0, end: 0 },
  { kind: 'pipe', id: 0, end: 1 },
];

/** What reads of a parent give that has closed its end to write, while its child has the other copy of it. */
function readsBeside(child: Program): readonly number[] {
  const results: number[] = [];
  const parent: Program = function* (env) {
    yield* sys(env, 'fork', 0);
    yield* sys(env, 'close', WRITE);
    for (let i = 0; i < 2; i++) results.push(yield* sys(env, 'read', READ, 100));
  };
  const children = [{ name: 'child', nice: 0, program: child, buffer: 'data' }];
  bootToy([{ ...processOf([parent], { files: pipe }), children }]).engine.runUntil(60 * MS);
  return results;
}

describe('a process that ends', () => {
  it('closes its descriptors: a reader of the pipe that it shares sees what it wrote, and then the end', () => {
    const reads = readsBeside(function* (env) {
      yield* sys(env, 'write', WRITE, 7);
      yield* sys(env, 'exit_group');
    });

    expect(reads).toEqual([7, 0]);
  });

  it('and not before: the reader waits as long as the child lives', () => {
    const reads = readsBeside(function* (env) {
      yield* sys(env, 'write', WRITE, 7);
      yield* sys(env, 'nanosleep', 1e6);
    });

    expect(reads).toEqual([7]);
  });
});
