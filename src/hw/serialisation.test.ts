import { describe, expect, it } from 'vitest';
import { bareMachine } from '../../test/model/support.ts';
import { Domain } from './cpi.ts';
import { frontEnd } from './profiles/frontends.ts';
import { zen4 } from './profiles/zen.ts';
import { Serialisation } from './serialisation.ts';

const LINE = 12_345;
/** A core whose decoders are slower than what follows them, so that decoding shows. */
const SIZES = { targets: 7168, targetWays: 7, flush: 13, decoded: { lines: 384, ways: 6, uops: 6912 }, decodeWidth: 1 };
const narrow = { ...zen4, frontEnd: frontEnd(SIZES) };

/** Four cores that have decoded a line of code, of which three are to serialise. */
function begin() {
  const { machine } = bareMachine({ cores: 4, profile: narrow });
  for (const { frontEnd } of machine.cores) frontEnd.fetch(LINE, Domain.User);
  const round = new Serialisation(machine, machine.cores[0], [0, 1, 2]);
  return { machine, round };
}

describe('a round of core serialisation', () => {
  it('interrupts the 2 other cores that run the process, and is over when both have served it', () => {
    const { machine, round } = begin();
    expect(round.isComplete).toBe(false);
    round.serve(machine.cores[3]);
    round.serve(machine.cores[1]);
    expect(round.isComplete).toBe(false);
    round.serve(machine.cores[2]);
    expect(round.isComplete).toBe(true);
  });

  it('has code decoded again on the core that began and on those that served, and on no other', () => {
    const { machine, round } = begin();
    round.serve(machine.cores[1]);
    const decoded = machine.cores.map(({ frontEnd }) => frontEnd.fetch(LINE, Domain.User) > 0);
    expect(decoded).toEqual([true, true, false, false]);
  });

  it('costs the core that began an IRET that stays at its level', () => {
    const { machine } = bareMachine({ profile: zen4 });
    const before = machine.cores[0].now;
    expect(new Serialisation(machine, machine.cores[0], [0]).isComplete).toBe(true);
    expect(machine.cores[0].now - before).toBe(machine.step('iretSame'));
  });
});
