import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Domain } from './cpi.ts';
import { emptiedBy, FrontEnd, STRUCTURES, type StructureName, type StructureSpec } from './frontend.ts';

const OFF: StructureSpec = { penalty: 0, displaced: 0, relearned: 0 };
const specOf = (changes: Partial<Record<StructureName, StructureSpec>>): Record<StructureName, StructureSpec> => ({
  branches: OFF,
  history: OFF,
  returns: OFF,
  uops: OFF,
  ...changes,
});

/** Half a cycle an instruction; other code takes all in 4000 instructions, one's own comes back in 1000. */
const BRANCHES: StructureSpec = { penalty: 0.5, displaced: 4000, relearned: 1000 };

/** A front end that knows the user's code, after a visit of the kernel. */
function afterVisit(instructions: number): FrontEnd {
  const front = new FrontEnd(specOf({ branches: BRANCHES }));
  front.retire(Domain.User, 10_000);
  front.retire(Domain.Kernel, instructions);
  return front;
}

/** Extra cycles of each of `count` stretches of 100 instructions of the user. */
const curve = (front: FrontEnd, count: number): number[] =>
  Array.from({ length: count }, () => front.retire(Domain.User, 100));

const total = (visit: number): number => curve(afterVisit(visit), 20).reduce((sum, cycles) => sum + cycles, 0);

describe('after a visit of the kernel', () => {
  it('the user recovers monotonically: each 100 instructions take less longer than those before, and none after 1000', () => {
    const cycles = curve(afterVisit(4000), 12);

    // 0.5 cycles x 100 instructions x the mean unknown share: 0.95, 0.85, ...
    expect(cycles.map((value) => Math.round(value * 10) / 10)).toEqual([
      47.5, 42.5, 37.5, 32.5, 27.5, 22.5, 17.5, 12.5, 7.5, 2.5, 0, 0,
    ]);
  });

  it('the dip grows with its length and saturates when all is lost: 0, 1000, 2000, 4000, 8000 instructions', () => {
    const shares = [0, 1000, 2000, 4000, 8000].map((visit) => afterVisit(visit).unknown(Domain.User, 'branches'));

    expect(shares).toEqual([0, 0.25, 0.5, 1, 1]);
  });

  it('costs the triangle under the line in all: 0.5 x 1000 / 2 from all lost, a quarter of it from half', () => {
    expect(total(4000)).toBeCloseTo(250, 9);
    expect(total(2000)).toBeCloseTo(62.5, 9);
  });

  it.each([Domain.Scheduler, Domain.Interrupt])('work of domain %i counts as the kernel’s', (domain) => {
    const front = new FrontEnd(specOf({ branches: BRANCHES }));
    front.retire(Domain.User, 10_000);
    front.retire(domain, 1000);

    expect(front.unknown(Domain.User, 'branches')).toBe(0.25);
  });
});

describe('the front end', () => {
  it('takes no longer, and nothing is displaced, when all penalties are 0', () => {
    const front = new FrontEnd(specOf({}));

    expect([front.retire(Domain.User, 1000), front.retire(Domain.Kernel, 1000)]).toEqual([0, 0]);
  });

  it('charges the same for a stretch in one piece or in many, whatever came before', () => {
    const pieces = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6000 }), pieces, (visit, lengths) => {
        const [whole, parts] = [afterVisit(visit), afterVisit(visit)];
        const length = lengths.reduce((sum, piece) => sum + piece, 0);

        const once = whole.retire(Domain.User, length);
        const summed = lengths.reduce((sum, piece) => sum + parts.retire(Domain.User, piece), 0);

        expect(summed).toBeCloseTo(once, 6);
        expect(parts.unknown(Domain.Kernel, 'branches')).toBeCloseTo(whole.unknown(Domain.Kernel, 'branches'), 9);
      }),
    );
  });

  it('keeps shares between 0 and 1 and charges nothing negative, in random turns of user and kernel', () => {
    const turn = fc.tuple(fc.constantFrom(Domain.User, Domain.Kernel), fc.integer({ min: 0, max: 20_000 }));
    fc.assert(
      fc.property(fc.array(turn), (turns) => {
        const front = new FrontEnd(
          specOf({ branches: BRANCHES, uops: { penalty: 0.1, displaced: 300, relearned: 50 } }),
        );
        for (const [domain, instructions] of turns) {
          expect(front.retire(domain, instructions)).toBeGreaterThanOrEqual(0);
          for (const name of STRUCTURES) {
            expect(front.unknown(domain, name)).toBeGreaterThanOrEqual(0);
            expect(front.unknown(domain, name)).toBeLessThanOrEqual(1);
          }
        }
      }),
    );
  });
});

describe('steps that empty structures', () => {
  it('IBPB makes branches and their history unknown to user and kernel, and leaves micro-operations', () => {
    const front = new FrontEnd(specOf({ branches: BRANCHES, uops: BRANCHES }));
    front.retire(Domain.User, 10_000);

    front.empty(emptiedBy(['swapgs', 'ibpb']));

    expect([front.unknown(Domain.User, 'branches'), front.unknown(Domain.User, 'uops')]).toEqual([1, 0]);
    expect(front.unknown(Domain.Kernel, 'branches')).toBe(1);
  });

  it('are IBPB, the clearing of history, the filling of the return stack and untraining, no others', () => {
    expect(emptiedBy(['syscallInstr', 'cr3Write', 'verw', 'specCtrlWrite'])).toBe(0);
    expect(['ibpb', 'bhbClear', 'rsbFill', 'untrainReturn'].map((step) => emptiedBy([step as 'ibpb']))).toEqual([
      3, 2, 4, 4,
    ]);
  });
});
