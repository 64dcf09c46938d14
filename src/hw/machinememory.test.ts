import { Moment } from './moment.ts';
import { describe, expect, it } from 'vitest';
import { openStream } from '../sim/rng.ts';
import { StatsRegistry } from '../sim/stats.ts';
import { makeClock } from '../sim/units.ts';
import { buildCaches, registerTraffic } from './machinememory.ts';
import { machines } from './profiles/index.ts';
import { toy } from './profiles/toy.ts';
import { DRAM_LABELS } from './rowbuffers.ts';

describe('memory of the shipped machines', () => {
  it.each(Object.keys(machines))('of %s answers lone random reads in 1 GiB at its latency, to a hundredth', (name) => {
    const profile = machines[name];
    const clock = makeClock(profile.clockHz.value);
    const [node] = buildCaches(profile, { cores: 1 }, 64, clock).nodes;
    const rng = openStream(1, 0, 'lines');
    const READS = 20_000;
    let sum = 0;
    for (let i = 0; i < READS; i++) sum += node.read(rng.below(1 << 24), new Moment(10_000 * i));

    expect(Math.abs(sum / READS / clock.cycles(profile.dramLatencyNs.value) - 1)).toBeLessThan(0.01);
  });
});

describe('registerTraffic', () => {
  it('publishes what all nodes of memory have counted, times the lines that a count stands for', () => {
    const stats = new StatsRegistry();
    const sockets = { coresPerSocket: 1, homing: 'firstTouch', hopNs: toy.ipiNs, source: 'test' } as const;
    const system = buildCaches({ ...toy, sockets }, { cores: 2, fidelity: 'interval' }, 64, makeClock(1e9));
    const publish = registerTraffic(system, stats);
    system.nodes.forEach((node) => node.read(0, new Moment(0)));
    system.nodes[1].write(1, new Moment(1000));

    publish();

    const values = new Map(stats.rows(stats.snapshot()).map(({ name, value }) => [name, value]));
    const published = DRAM_LABELS.map((label) => values.get(`memory.dram.${label}`));
    expect(published).toEqual([2, 1, 0, 3, 0, 0].map((count) => system.linesCounted * count));
  });
});
