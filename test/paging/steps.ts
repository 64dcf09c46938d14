import * as fc from 'fast-check';
import { OPERATIONS } from '../../src/kernel/semantics/paging/operation.ts';
import type { OperationArgs } from '../../src/kernel/semantics/paging/operation.ts';
import type { Outcome } from '../../src/kernel/semantics/paging/outcome.ts';
import type { World } from '../../src/kernel/semantics/paging/world.ts';

/** Operations of the random tests. */
type Name = Exclude<keyof OperationArgs, 'fdread' | 'fdwrite' | 'ftruncate' | 'addseal'>;

/** An operation with its arguments. */
export type Step = { [Op in Name]: { readonly op: Op; readonly args: OperationArgs[Op] } }[Name];

const PROCESSES = 3;

const p = fc.nat(PROCESSES - 1);
const page = fc.nat(7);
const value = fc.integer({ min: 1, max: 255 });
const prot = fc.nat(7);
const length = fc.integer({ min: 1, max: 4 });
const where = { p, page: fc.nat(4), n: length };
const range = fc.record(where);
const mmap: fc.Arbitrary<OperationArgs['mmap']> = fc.record({
  ...where,
  prot,
  shared: fc.boolean(),
  noReplace: fc.nat(9).map((k) => k === 0),
  obj: fc.constantFrom('anon', 'memfd', 'file', 'file_ro'),
  off: fc.nat(3),
});
const mremap = fc.record({ ...where, newN: fc.nat(4), to: fc.option(fc.nat(4), { nil: undefined }) });

const ARGUMENTS: { readonly [Op in Name]: fc.Arbitrary<OperationArgs[Op]> } = {
  mmap,
  mprotect: fc.record({ ...where, prot }),
  munmap: range,
  mremap,
  dontneed: range,
  mseal: range,
  mdwe: fc.record({ p }),
  fork: fc.record({ p, child: fc.constant(0) }),
  read: fc.record({ p, page }),
  write: fc.record({ p, page, value }),
  exec: fc.record({ p, page }),
  sysread: fc.record({ p, page, value }),
  syswrite: fc.record({ p, page }),
  procmem_read: fc.record({ p, page }),
  procmem_write: fc.record({ p, page, value }),
  publish: range,
  unpublish: range,
};

/** Two mappings that together fill the 8 pages of process 0, so that what follows finds something. */
const filled = fc.tuple(mmap, mmap).map((args): Step[] => {
  return args.map((one, k) => ({ op: 'mmap', args: { ...one, p: 0, page: 4 * k, n: 4, noReplace: false } }));
});

/** Random steps of the given operations; a name given twice comes twice as often. Processes exist when they act: see `settle`. */
export function steps(...names: Name[]): fc.Arbitrary<Step[]> {
  const one = fc.oneof(...names.map((op) => ARGUMENTS[op].map((args) => ({ op, args }) as Step)));
  return fc.tuple(filled, fc.array(one, { minLength: 10, maxLength: 60 })).map((parts) => settle(parts.flat()));
}

/** Makes a process that does not exist yet one that does, and numbers the children; drops forks beyond the limit. */
function settle(random: Step[]): Step[] {
  let live = 1;
  return random.flatMap((step): Step[] => {
    const p = step.args.p % live;
    if (step.op !== 'fork') return [{ ...step, args: { ...step.args, p } } as Step];
    return live < PROCESSES ? [{ op: 'fork', args: { p, child: live++ } }] : [];
  });
}

/** Does one step in a world. */
export function perform(world: World, { op, args }: Step): Outcome {
  return (OPERATIONS[op] as (world: World, args: unknown) => Outcome)(world, args);
}
