import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { durationNs } from '../../src/experiment/import/jfr.ts';
import { importRecording } from '../../src/experiment/node/import/recording.ts';
import { cli } from '../cli/fakecontext.ts';

const SAMPLE = 'test/data/traces/server.jfr.json';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jfr-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface JfrEvent {
  readonly type: string;
  readonly values: Readonly<Record<string, any>>;
}

/** The events of the sample, read the plain way. */
const events = (JSON.parse(readFileSync(SAMPLE, 'utf8')) as { recording: { events: JfrEvent[] } }).recording.events;
const ofType = (type: string): JfrEvent[] => events.filter((event) => event.type === type);

describe('a flight recording', () => {
  it('gives the same counts, times and bytes line by line as parsed whole', async () => {
    const { summary, problems } = await importRecording(SAMPLE);
    const reads = ofType('jdk.SocketRead');

    expect(problems.found.size).toBe(0);
    expect(summary.events).toBe(events.length);
    expect(summary.times['jdk.SocketRead'].events).toBe(reads.length);
    expect(summary.times['jdk.SocketRead'].bytes).toBe(reads.reduce((sum, { values }) => sum + values['bytesRead'], 0));
    for (const type of ['jdk.GCPhasePause', 'jdk.ThreadSleep', 'jdk.SocketWrite']) {
      const total = ofType(type).reduce((sum, { values }) => sum + durationNs(values['duration']), 0);
      expect(summary.times[type].totalNs).toBeCloseTo(total, 0);
    }
  });

  it('gives the CPU time of its samples: 0.225 and 0.231 of two CPUs for about a second each', async () => {
    const { userSeconds, cpus } = (await importRecording(SAMPLE)).summary;
    const times = ofType('jdk.CPULoad').map(({ values }) => Date.parse(values['startTime']) / 1000);
    const loads = ofType('jdk.CPULoad').map(({ values }) => Number(values['jvmUser']));

    expect(cpus).toBe(2);
    expect(userSeconds).toBeCloseTo(2 * (loads[1] * (times[1] - times[0]) + loads[2] * (times[2] - times[1])), 2);
  });

  it('names the busiest threads, their numbers replaced', async () => {
    const { threads } = (await importRecording(SAMPLE)).summary;
    expect(threads.map(({ name }) => name)).toEqual(['main', 'Thread-*']);
  });

  it('reads durations of hours, minutes and nanoseconds', () => {
    expect(durationNs('PT1H2M3.000000004S')).toBe(3_723_000_000_004);
    expect(durationNs('PT0S')).toBe(0);
    expect(durationNs('soon')).toBeNaN();
  });

  it('is refused by the command line when it has no event, and lines that are none of it are named, exit 2 and 0', async () => {
    const empty = join(folder, 'empty.json');
    writeFileSync(empty, '{"recording": {"events": []}}\n');
    expect(await cli('import', 'jfr', empty)).toMatchObject({
      code: 2,
      err: expect.stringContaining('no event') as string,
    });

    const noisy = join(folder, 'noisy.json');
    writeFileSync(noisy, `OpenJDK warning: <none>\n${readFileSync(SAMPLE, 'utf8')}`);
    const { code, out, err } = await cli('import', 'jfr', noisy, '--json');
    expect([code, (JSON.parse(out) as { events: number }).events]).toEqual([0, events.length]);
    expect(err).toContain('noisy.json:1 line not of jfr print --json (1)');
  });
});
