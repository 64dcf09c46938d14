import { describe, expect, it } from 'vitest';
import { ConfigError, SimulationBug, StallError, invariant } from './errors.ts';

describe('SimulationBug', () => {
  it('names component and time before the message, when known', () => {
    expect(new SimulationBug('scheduled at 1200', { component: 'core2', time: 1350 }).message).toBe(
      'core2 at 1350: scheduled at 1200',
    );
    expect(new SimulationBug('lost event').message).toBe('lost event');
  });

  it('is thrown by invariant when the condition fails, and only then', () => {
    expect(() => invariant(false, 'cpi sums to 9, elapsed 10', { component: 'core0', time: 10 })).toThrow(
      'core0 at 10: cpi sums to 9, elapsed 10',
    );
    expect(() => invariant(true, 'never')).not.toThrow();
  });
});

describe('StallError', () => {
  it('lists the state of every handler on its own line and is a SimulationBug', () => {
    const error = new StallError(5, 100, ['core0: idle', 'apic: 3 queued']);
    expect(error).toBeInstanceOf(SimulationBug);
    expect(error.message).toBe('at 5: time stood still for 100 events\n  core0: idle\n  apic: 3 queued');
  });
});

describe('ConfigError', () => {
  it('lists all problems, one a line, with place, path, value, allowed and nearest', () => {
    const error = new ConfigError([
      {
        file: 'a.yaml',
        line: 4,
        column: 9,
        path: 'config.machine',
        value: 'zen5',
        message: 'unknown machine',
        allowed: ['zen4', 'skylake'],
        nearest: 'zen4',
      },
      { path: 'config.cores', value: 0, message: 'too small', allowed: 'an integer from 1 to 64' },
      { path: '', message: 'empty study' },
    ]);
    expect(error.message.split('\n')).toEqual([
      'a.yaml:4:9 config.machine: unknown machine (got "zen5", allowed zen4 | skylake, did you mean zen4?)',
      'config.cores: too small (got 0, allowed an integer from 1 to 64)',
      'empty study',
    ]);
    expect(error.problems).toHaveLength(3);
  });
});
