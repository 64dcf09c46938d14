import type { Thread } from '../thread.ts';
import { assumed, each, holding } from './numbers.ts';
import type { CallSpec } from './spec.ts';

const pagesBeyondOne = ({ arg1 }: Thread): number => arg1 - 1;

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
    effect: (host, _core, thread) => host.trust.syskerneljump(thread, thread.process.functions[thread.arg0]),
  },
  publish: {
    doc: 'publish(page, pages, refused): copies code into frames of the kernel, verifies it, and maps it trusted on all cores; the verifier accepts it unless `refused`',
    footprint: assumed(3000, 'as mprotect; copy, verifier, shootdown and serialisation come on top (publishing.ts)'),
    each: each('page', 230, 'as mprotect: an entry changed', pagesBeyondOne),
    blocks: 'never',
    lock: holding('mmapLock', 0.8),
    effect: (host, core, thread) => host.publisher.publish(core, thread, thread.arg0, thread.arg1, thread.arg2 === 0),
  },
  unpublish: {
    doc: 'unpublish(page, pages): takes published code back',
    footprint: assumed(3000, 'as mprotect'),
    each: each('page', 230, 'as mprotect: an entry changed', pagesBeyondOne),
    blocks: 'never',
    lock: holding('mmapLock', 0.8),
    effect: (host, core, thread) => host.publisher.unpublish(core, thread, thread.arg0, thread.arg1),
  },
} as const satisfies Record<string, CallSpec>;
