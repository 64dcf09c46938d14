import { access, load, store } from './fault.ts';
import { OK, failed, got } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { spaceOf } from './world.ts';
import type { World } from './world.ts';

/** A page of process p. */
export interface PageArgs {
  readonly p: number;
  readonly page: number;
}

/** A byte to be written to a page of process p. */
export interface PageValueArgs extends PageArgs {
  readonly value: number;
}

/** User code loads the probe byte. */
export function read(world: World, { p, page }: PageArgs): Outcome {
  const space = spaceOf(world, p);
  const reached = access(space, page, 'read');
  return 'fault' in reached ? failed(reached.fault) : got(load(space, reached.mapping, page));
}

/** User code stores the probe byte. */
export function write(world: World, { p, page, value }: PageValueArgs): Outcome {
  const space = spaceOf(world, p);
  const reached = access(space, page, 'write');
  if ('fault' in reached) return failed(reached.fault);
  store(space, reached.mapping, page, value);
  return OK;
}

/** User code jumps to the page; whatever it then does is no matter. */
export function exec(world: World, { p, page }: PageArgs): Outcome {
  const reached = access(spaceOf(world, p), page, 'execute');
  return 'fault' in reached ? failed(reached.fault) : OK;
}

/** write(2) from the page: the kernel loads with the rights of user code; any fault is EFAULT. */
export function syswrite(world: World, args: PageArgs): Outcome {
  return asEfault(read(world, args));
}

/** read(2) into the page: the kernel stores with the rights of user code; any fault is EFAULT. */
export function sysread(world: World, args: PageValueArgs): Outcome {
  return asEfault(write(world, args));
}

function asEfault(outcome: Outcome): Outcome {
  return outcome.res === 'ok' ? outcome : failed('EFAULT');
}
