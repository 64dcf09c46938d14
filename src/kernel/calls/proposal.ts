import { EINVAL } from '../abi.ts';
import { PAGE_BYTES } from '../../sim/units.ts';
import type { Thread } from '../process.ts';
import { assumed, each, holding } from './numbers.ts';
import type { CallSpec } from './spec.ts';

const BYTES_PER_KIB = 1024;
const kibOf = ({ arg1 }: Thread): number => (arg1 * PAGE_BYTES) / BYTES_PER_KIB;

/** The two calls of the 2004 proposal, the publish interface of its hardened reading, and the calls of attack programs. */
export const proposalCalls = {
  hostile: {
    doc: 'hostile(step): stands for each call of an attack program; its effect is on the model of the process that decides attacks (HostileCode)',
    footprint: assumed(2500, 'as mprotect of one page'),
    blocks: 'never',
    effect: () => 0,
  },
  syskernelmode: {
    doc: 'syskernelmode(wanted): enters or leaves kernel mode',
    footprint: assumed(40, 'a capability test; the transition itself is a crossing'),
    blocks: 'never',
    effect: (host, _core, thread) => host.trust.syskernelmode(thread, thread.arg0),
  },
  syskerneljump: {
    doc: 'syskerneljump(function): enters kernel mode at a declared entry',
    footprint: assumed(60, 'tests of capability, page and entry; the transition itself is a crossing'),
    blocks: 'never',
    effect: (host, _core, thread) => {
      const target = thread.process.functions[thread.arg0];
      return target === undefined ? -EINVAL : host.trust.syskerneljump(thread, target);
    },
  },
  publish: {
    doc: 'publish(page, pages): code is copied into frames of the kernel, verified, and mapped executable on all cores',
    footprint: assumed(3500, 'as mprotect, with a verifier called'),
    each: each(
      'KiB',
      1500,
      'assumed: 16 bytes copied a cycle, a linear verifier at about 1.4 instructions a byte',
      kibOf,
    ),
    blocks: 'never',
    lock: holding('mmapLock', 0.8),
    effect: (host, core, thread) => {
      host.spaces.protect(core, thread.process, thread.arg0, thread.arg1, false);
      host.spaces.interrupt(core, thread.process);
      return 0;
    },
  },
  unpublish: {
    doc: 'unpublish(page, pages): takes published code back',
    footprint: assumed(3000, 'as mprotect'),
    blocks: 'never',
    lock: holding('mmapLock', 0.8),
    effect: (host, core, thread) => {
      host.spaces.protect(core, thread.process, thread.arg0, thread.arg1, true);
      host.spaces.drop(core, thread.process, thread.arg0, thread.arg1);
      return 0;
    },
  },
} as const satisfies Record<string, CallSpec>;
