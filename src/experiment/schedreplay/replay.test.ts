import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SchedulerName } from '../../kernel/sched/index.ts';
import { replaySched, type SchedReplay } from './replay.ts';
import { realtime } from './shares.ts';
import { readTable } from './table.ts';
import { wakeups } from './wakeups.ts';

function read(name: string): string {
  return readFileSync(`test/data/sched/${name}.csv`, 'utf8');
}

function replayOf(name: string, scheduler: SchedulerName = 'eevdf'): SchedReplay {
  const replay = replaySched(read(name), scheduler);
  if (replay === undefined) throw new RangeError(`${name} is no recording`);
  return replay;
}

describe('a recording of a real kernel, replayed under EEVDF', () => {
  it.each([
    ['shares', 151, 'within 0.005'],
    ['realtime', 12, 'within 0.005'],
    ['turns', 24, 'within 0.1 ms for equal threads'],
    ['unpinned', 23, 'within 0.04'],
  ])('of %s agrees in all %i figures %s', (name, cases) => {
    expect(replayOf(name)).toMatchObject({ cases, agree: cases, disagree: 0, malformed: [] });
  });

  it('of real-time threads has the share of a fair thread beside a FIFO one to 0.0005: its server ends at the tick after its 50 ms', () => {
    const { rows } = readTable(read('realtime'), realtime.texts);
    const fifo = rows.filter(({ cells }) => cells['kind'] === 'fifo10_vs_fair');
    const errors = realtime.replay(fifo, 'eevdf').map(({ recorded, simulated }) => Math.abs(recorded - simulated));

    expect(errors).toHaveLength(6);
    expect(Math.max(...errors)).toBeLessThan(0.0005);
  });

  it('of wake-ups agrees in every mean of grade A within 15 %, and of grade B within 30 % but for case 20', () => {
    const { rows } = readTable(read('wakeups'), wakeups.texts);
    const graded = wakeups.replay(rows, 'eevdf').filter(({ tolerance }) => tolerance !== undefined);

    const apart = graded.filter(({ recorded, simulated, tolerance }) => Math.abs(recorded - simulated) > tolerance!);
    expect(graded).toHaveLength(30);
    expect(new Set(apart.map(({ figure }) => figure))).toEqual(new Set(['mean delay [us], case 20']));
  });
});

describe('the same recordings under CFS', () => {
  it('disagree in more than half of the graded delays: the figures can tell schedulers apart', () => {
    const { cases, disagree } = replayOf('wakeups', 'cfs');

    expect(disagree).toBeGreaterThan(cases / 2);
  });
});

describe('a table', () => {
  it('of unknown columns is no recording', () => {
    expect(replaySched('a,b\n1,2\n', 'eevdf')).toBeUndefined();
  });

  it('names the line of a cell that is no number, and replays the rest', () => {
    const lines = read('turns').trim().split('\n');
    const broken = [lines[0], lines[1].replace(/[\d.]+\r?$/, 'x'), ...lines.slice(2)].join('\n');

    expect(replaySched(broken, 'eevdf')).toMatchObject({
      cases: 23,
      malformed: [{ line: 2, message: 'max_ms is no number' }],
    });
  });

  it('judges no thread of a case that lacks another, and names its line: 2 of 151 shares', () => {
    const lines = read('shares').trim().split('\n');
    const broken = [lines[0], 'x', ...lines.slice(2)].join('\n');

    expect(replaySched(broken, 'eevdf')).toMatchObject({
      cases: 149,
      disagree: 0,
      malformed: [
        { line: 2, message: '1 cell under 16 columns' },
        { line: 3, message: 'other threads of its case are missing' },
      ],
    });
  });
});
