import type { FileSpec } from '../../../kernel/abi.ts';
import type { RoleScript } from '../../server.ts';
import type { Params, ParamSpec } from '../../workload.ts';
import { number } from './spec.ts';

/** Parameters of the device below a server. */
export const DEVICE_PARAMS = {
  deviceUs: number(
    80,
    [1, 1e5],
    'us',
    'Time of the block device to the first byte: a NAND flash SSD on NVMe; assumed, as of data sheets',
  ),
  devicePageUs: number(1.5, [0.01, 1e4], 'us/page', 'Time for each page of 4 KiB behind it, some 2.7 GB/s; assumed'),
} as const satisfies Record<string, ParamSpec>;

/** A file of so many pages on that device. */
export function fileOn(params: Params, pages: number): FileSpec {
  const ns = (name: string): number => Number(params[name]) * 1000;
  return { kind: 'disk', pages, latencyNs: ns('deviceUs'), pageNs: ns('devicePageUs') };
}

const US_PER_MS = 1000;

/** A thread that sleeps, and then makes what was written since last, again and again. `flush` writes what user memory holds back. */
export function* syncEvery(
  role: RoleScript,
  fd: number,
  milliseconds: number,
  flush: () => void = () => {},
): Generator<void, void, number> {
  for (;;) {
    role.script.syscall('clock_nanosleep', Math.round(milliseconds * US_PER_MS));
    yield;
    flush();
    role.step('sync', 'fdatasync', fd);
    yield;
  }
}
