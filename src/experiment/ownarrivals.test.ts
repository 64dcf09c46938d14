import { describe, expect, it } from 'vitest';
import type { RunResult } from '../archive/rows.ts';
import { prettyJson } from '../archive/canonical.ts';
import { ConfigError, problemText } from '../sim/errors.ts';
import { readArrivals } from './arrivalfile.ts';
import { measurements, planRuns } from './expand.ts';
import type { ReadText } from './layers.ts';
import { catalogue } from './names.ts';
import { run } from './run.ts';
import { loadStudy, type Study } from './study.ts';

const STUDY = `experiment: replayed
base: {machine: toy, workload: java-nio, cores: 1, warmup: 1ms, measure: 8ms, params: {connections: 8, arrivals: trace, traceFile: day.csv}}
repeat: 1
`;
const DAY = 'time_us,client\n1000,a\n1100,b\n1400,a\n1400,c\n2000,b\n';

function reading(texts: Record<string, string>): ReadText {
  return (file, from) => {
    const path = from === undefined ? file : `beside/${file}`;
    if (texts[file] === undefined) throw new Error('no such file');
    return { text: texts[file], file: path };
  };
}

const load = (texts: Record<string, string>): Study => loadStudy('s.yaml', reading(texts), { catalogue });
const runsOf = (study: Study): RunResult[] =>
  planRuns(study, measurements(study, catalogue), 0, 1).map((row) => run(row.spec));
const rate = ([result]: RunResult[]): number => result.metrics.find(({ name }) => name === 'throughput')!.value;
const idOf = (study: Study): string => planRuns(study, measurements(study, catalogue), 0, 1)[0].id;

function mistakes(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(problemText).join('\n');
    throw error;
  }
  return '';
}

describe('arrival times in a file', () => {
  it('become gaps of 250 us on average, the mean first: 250, 100, 300, 0, 600', () => {
    expect(readArrivals(DAY, 'day.csv').gapsUs).toEqual([250, 100, 300, 0, 600]);
  });

  it.each([
    ['plain numbers with comments', '# seconds apart\n0\n10\n\n30 # late\n', [15, 10, 20]],
    ['tabs, milliseconds, the time in the second column', 'id\ttime_ms\nx\t0\ny\t2\nz\t3\n', [1500, 2000, 1000]],
    ['seconds with fractions since 1970', 'timestamp_s\n1700000000.000001\n1700000000.000003\n', [2, 2]],
  ])('may be %s', (_, text, gaps) => {
    const found = readArrivals(text, 'x').gapsUs;
    expect(found.map((gap, i) => Math.abs(gap - gaps[i]) < 0.5)).toEqual(gaps.map(() => true));
  });

  it('are refused with every wrong line by number', () => {
    const text = mistakes(() => readArrivals('time_us\n5\nsoon\n9\n8\n', 'day.csv'));
    expect(text).toMatch(/day\.csv:3.*soon.*\n.*day\.csv:5.*before/);
    expect(mistakes(() => readArrivals('time_us\n5\n', 'day.csv'))).toContain('at least two');
    expect(mistakes(() => readArrivals('5\n5\n', 'day.csv'))).toContain('day.csv:1');
  });
});

describe('a study that names arrival times', () => {
  const study = load({ 's.yaml': STUDY, 'day.csv': DAY });

  it('plays them over and over: 4 requests a millisecond at the recorded speed, 8 at twice that', () => {
    const fast = load({ 's.yaml': STUDY.replace('day.csv', 'day.csv, traceSpeed: 2'), 'day.csv': DAY });

    expect(rate(runsOf(study)) / 4000).toBeCloseTo(1, 1);
    expect(rate(runsOf(fast)) / 8000).toBeCloseTo(1, 1);
  });

  it('keeps them, with their hash, and reads as the same study where the file is gone', () => {
    const again = loadStudy('r.json', reading({ 'r.json': prettyJson(study) }), { catalogue });

    expect(study.arrivals!['day.csv'].sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(again).toEqual(study);
    expect(idOf(again)).toBe(idOf(study));
  });

  it('has other runs when the file has other times', () => {
    expect(idOf(load({ 's.yaml': STUDY, 'day.csv': DAY.replace('1100', '1101') }))).not.toBe(idOf(study));
  });

  it('says where the file is named that cannot be read, and which of its lines are wrong', () => {
    expect(mistakes(() => load({ 's.yaml': STUDY }))).toMatch(/s\.yaml:2:.*traceFile.*cannot read day\.csv/);
    expect(mistakes(() => load({ 's.yaml': STUDY, 'day.csv': '1\nx\n' }))).toContain('beside/day.csv:2');
  });
});
