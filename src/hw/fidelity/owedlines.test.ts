import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Domain } from '../cpi.ts';
import { Kind, OwedLines } from './owedlines.ts';

const REGION = 1024;

describe('OwedLines', () => {
  it('loses no line and invents none: in the end sampled runs have stood for all 1 to 400 lines of 1 to 60 runs', () => {
    const runs = fc.array(fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 400 }), fc.boolean()), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(runs, (all) => {
        const owed = new OwedLines(4);
        let through = 0;
        let stoodFor = 0;
        const take = (region: number, count: number): void => {
          owed.take(region * REGION, count, Kind.Write, Domain.User);
          through += count;
          stoodFor += owed.lines;
        };
        for (const [region, count, isSampled] of all) {
          if (isSampled) take(region, count);
          else {
            owed.add(region * REGION, count, Kind.Write, Domain.User);
            through += count;
          }
        }
        for (let region = 0; region < 6; region++) take(region, 60 * 400);
        expect(stoodFor).toBe(through);
      }),
    );
  });

  it('a region of the same kind and side pays for one without sampled lines once as much as itself, others do not', () => {
    const owed = new OwedLines(4);
    for (let i = 0; i < 100; i++) owed.add(0, 1, Kind.Write, Domain.Kernel);
    const taken = (kind: number, domain: number): readonly number[] => {
      owed.take(REGION, 3, kind, domain);
      return [owed.lines, owed.runs];
    };

    expect(taken(Kind.Read, Domain.Kernel)).toEqual([3, 1]);
    expect(taken(Kind.Write, Domain.User)).toEqual([3, 1]);
    expect(taken(Kind.Write, Domain.Kernel)).toEqual([6, 2]);
    expect(taken(Kind.Write, Domain.Interrupt)).toEqual([6, 2]);
  });
});
