import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Progress } from './progress.ts';

/** A view of fake time that keeps what was written. */
function makeView(isTerminal: boolean): { progress: Progress; written: string[]; wait: (ms: number) => void } {
  const written: string[] = [];
  let time = 0;
  const progress = new Progress({ write: (text) => written.push(text), isTerminal, now: () => time, workers: 2 });
  const wait = (ms: number): void => {
    time += ms;
  };
  return { progress, written, wait };
}

describe('progress', () => {
  it('where there is no terminal writes a line after 2 s, not one per run', () => {
    const { progress, written, wait } = makeView(false);
    progress.plan(10, 0);
    for (let i = 0; i < 5; i++) {
      wait(500);
      progress.step(4);
    }
    progress.end();

    expect(written).toEqual(['4/10 runs, about 12 s left\n']);
  });

  it('on a terminal redraws one line and takes it away at the end', () => {
    const { progress, written, wait } = makeView(true);
    progress.plan(2, 1);
    wait(200);
    progress.step(4);
    progress.end();

    const plain = written.map((text) => stripVTControlCharacters(text));
    expect(plain).toEqual([`\r${'█'.repeat(15)}${'░'.repeat(15)} 1/2 runs`, `\r${'█'.repeat(30)} 2/2 runs`, '\r']);
  });

  it('writes a failure at once, and counts it', () => {
    const { progress, written, wait } = makeView(false);
    progress.plan(3, 0);
    progress.fail('failed run 1');
    wait(2000);
    progress.step(1);
    progress.end();

    expect(written).toEqual(['failed run 1\n', '1/3 runs, 1 failed, about 1 s left\n']);
  });
});
