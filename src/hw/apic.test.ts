import { describe, expect, it } from 'vitest';
import { bareMachine } from '../../test/model/support.ts';
import { toy } from './profiles/toy.ts';
import { Vector } from './trap.ts';

const IPI = toy.ipiNs.value; // the clock runs at 1 GHz

describe('Apic', () => {
  it('delivers an inter-processor interrupt of time 500 to the other core at 500 + 1000', () => {
    const { engine, machine, door } = bareMachine({ cores: 2 });
    machine.apic.sendIpi(1, 500);

    engine.runUntil(10_000);

    expect(door.traps.filter(({ kind }) => kind === 'interrupt')).toEqual([
      { kind: 'interrupt', core: 1, at: 500 + IPI, info: Vector.Reschedule },
    ]);
  });

  it('counts what it sent and what arrived: 2 sent, 1 delivered while the other is on its way', () => {
    const { engine, stats, machine } = bareMachine({ cores: 2 });
    machine.apic.sendIpi(0, 0);
    machine.apic.sendIpi(1, 100);

    engine.runUntil(IPI);

    const value = (name: string): number => stats.rows(stats.snapshot()).find((row) => row.name === name)!.value;
    expect([value('apic.ipisSent'), value('apic.ipisDelivered')]).toEqual([2, 1]);
  });

  it('fires a timer once, at its time, and is disarmed after that', () => {
    const { engine, machine, door } = bareMachine();
    machine.apic.armTimer(0, 700);
    expect(machine.apic.isArmed(0)).toBe(true);

    engine.runUntil(10_000);

    expect(door.traps.filter(({ kind }) => kind === 'interrupt')).toEqual([
      { kind: 'interrupt', core: 0, at: 700, info: Vector.Timer },
    ]);
    expect(machine.apic.isArmed(0)).toBe(false);
  });

  it('replaces a timer that is armed again: 700, then 900, fires at 900 only', () => {
    const { engine, machine, door } = bareMachine();
    machine.apic.armTimer(0, 700);
    machine.apic.armTimer(0, 900);

    engine.runUntil(10_000);

    expect(door.times('interrupt')).toEqual([900]);
  });

  it('fires nothing after disarming, and disarming twice is harmless', () => {
    const { engine, machine, door } = bareMachine();
    machine.apic.armTimer(0, 700);
    machine.apic.disarmTimer(0);
    machine.apic.disarmTimer(0);

    engine.runUntil(10_000);

    expect(door.times('interrupt')).toEqual([]);
  });

  it('keeps the timers of two cores apart', () => {
    const { engine, machine, door } = bareMachine({ cores: 2 });
    machine.apic.armTimer(0, 300);
    machine.apic.armTimer(1, 400);
    machine.apic.disarmTimer(0);

    engine.runUntil(10_000);

    expect([door.times('interrupt', 0), door.times('interrupt', 1)]).toEqual([[], [400]]);
  });

  it('merges interrupts of one instant into one entry: timer and IPI at 1000 arrive with both vectors', () => {
    const { engine, machine, door } = bareMachine();
    machine.apic.sendIpi(0, 0);
    machine.apic.armTimer(0, IPI);

    engine.runUntil(10_000);

    expect(door.traps.filter(({ kind }) => kind === 'interrupt')).toEqual([
      { kind: 'interrupt', core: 0, at: IPI, info: Vector.Timer | Vector.Reschedule },
    ]);
  });
});
