import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Directory, MAX_CORES, NOBODY } from './directory.ts';

/** MESI of one line by its definition: who holds it alone, who shares it, and whether it was written by the holder, or since memory was. */
class NaiveLine {
  holder = NOBODY;
  isModified = false;
  isStale = false;
  readonly sharers = new Set<number>();

  get cores(): readonly number[] {
    return this.holder === NOBODY ? [...this.sharers].sort((a, b) => a - b) : [this.holder];
  }

  /** What hierarchies do when a core gets a line that nobody, one other core, or several hold. */
  read(core: number): void {
    if (this.cores.length === 0) {
      this.holder = core;
      this.isModified = this.isStale;
    } else if (this.holder !== core) {
      this.leaveAlone();
      this.sharers.add(core);
    }
  }

  write(core: number): void {
    this.sharers.clear();
    this.holder = core;
    this.isModified = this.isStale = true;
  }

  drop(core: number): void {
    if (this.holder === core) {
      this.holder = NOBODY;
      this.isModified = false;
    }
    this.sharers.delete(core);
  }

  clean(): void {
    this.isModified = this.isStale = false;
  }

  leaveAlone(): void {
    if (this.holder !== NOBODY) this.sharers.add(this.holder);
    this.holder = NOBODY;
    this.isModified = false;
  }
}

/** Does to the directory what `NaiveLine` does, in the steps of a hierarchy. */
const STEPS: Readonly<Record<'read' | 'write' | 'drop' | 'clean', (directory: Directory, core: number) => void>> = {
  read: (directory, core) => {
    if (!directory.isHeld(LINE)) return directory.grant(core, LINE);
    if (directory.holder(LINE) === core) return;
    if (directory.holder(LINE) !== NOBODY) directory.share(LINE);
    directory.add(core, LINE);
  },
  write: (directory, core) => {
    for (let other = directory.next(LINE, 0); other !== NOBODY; other = directory.next(LINE, other + 1))
      if (other !== core) directory.remove(other, LINE);
    directory.modify(core, LINE);
  },
  drop: (directory, core) => directory.remove(core, LINE),
  clean: (directory) => directory.clean(LINE),
};

const LINES = 3;
const LINE = 1;

function coresOf(directory: Directory, line: number): number[] {
  const cores: number[] = [];
  for (let core = directory.next(line, 0); core !== NOBODY; core = directory.next(line, core + 1)) cores.push(core);
  return cores;
}

describe('the state of a line', () => {
  it.each([1, 2, 32, 33, 256, MAX_CORES])(
    'is that of MESI by its definition for %i cores, and of the lines beside it nothing',
    (count) => {
      // The cores at the ends and beside the bounds of words.
      const cores = fc.constantFrom(
        ...[0, 1, 31, 32, 63, 64, count - 2, count - 1].filter((core) => core >= 0 && core < count),
      );
      const acts = fc.constantFrom(...(Object.keys(STEPS) as (keyof typeof STEPS)[]));
      fc.assert(
        fc.property(fc.array(fc.tuple(acts, cores), { maxLength: 40 }), (moves) => {
          const [directory, naive] = [new Directory(count, LINES), new NaiveLine()];
          for (const [act, core] of moves) {
            STEPS[act](directory, core);
            naive[act](core);

            expect(coresOf(directory, LINE)).toEqual(naive.cores);
            expect(directory.holder(LINE)).toBe(naive.holder);
            expect(directory.isHeld(LINE)).toBe(naive.cores.length > 0);
            expect(directory.isModified(LINE)).toBe(naive.isModified);
            expect(directory.isStale(LINE)).toBe(naive.isStale);
            for (const each of [0, core])
              expect(directory.isModifiedBy(each, LINE)).toBe(naive.isModified && naive.holder === each);
          }
          expect([0, 2].map((line) => directory.isHeld(line))).toEqual([false, false]);
        }),
      );
    },
  );
});
