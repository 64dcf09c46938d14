import { describe, expect, it } from 'vitest';
import { NativeEngine } from '../sim/nativeengine.ts';
import { StatsRegistry } from '../sim/stats.ts';
import { buildMachine } from './machine.ts';
import { machines } from './profiles/index.ts';
import { Topology } from './topology.ts';
import type { TrapHandler } from './trap.ts';

describe('Topology', () => {
  it('numbers one thread of each of 4 cores before the second ones, as Linux does', () => {
    const topology = new Topology({ cores: 4, threadsPerCore: 2, coresPerSocket: 2 });
    expect(topology.cpus).toBe(8);
    expect(topology.siblings(1)).toEqual([1, 5]);
    expect(topology.siblings(5)).toEqual([1, 5]);
    expect([0, 3, 4, 7].map((cpu) => topology.coreOf(cpu))).toEqual([0, 3, 0, 3]);
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((cpu) => topology.socketOf(cpu))).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
  });

  it('finds each of 3 cores of a machine without siblings alone on one socket', () => {
    const options = { cores: 3, syncWindow: 0 };
    const { topology } = buildMachine(
      machines.toy,
      options,
      new NativeEngine(),
      new StatsRegistry(),
      {} as TrapHandler,
    );
    expect([topology.cpus, topology.sockets]).toEqual([3, 1]);
    expect([0, 1, 2].map((cpu) => topology.siblings(cpu))).toEqual([[0], [1], [2]]);
  });
});
