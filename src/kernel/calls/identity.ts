import { assumed, measured } from './numbers.ts';
import { succeed, type CallSpec } from './spec.ts';

/** Calls that answer from the task or from constants: nothing to wait for, nothing to lock. */
export const identityCalls = {
  getpid: {
    doc: 'getpid(): id of the process',
    footprint: measured(27.2, 'getpid 104 ns, 29 ns beyond an empty call'),
    blocks: 'never',
    effect: (_host, _core, thread) => thread.process.pid,
  },
  gettid: {
    doc: 'gettid(): id of the thread',
    footprint: measured(27.2, 'as getpid'),
    blocks: 'never',
    effect: (_host, _core, thread) => thread.tid,
  },
  getppid: {
    doc: 'getppid(): id of the parent, 0 for none',
    footprint: measured(27.2, 'as getpid'),
    blocks: 'never',
    effect: (_host, _core, thread) => thread.process.family.parent?.pid ?? 0,
  },
  getuid: { doc: 'getuid()', footprint: measured(27.2, 'as getpid'), blocks: 'never', effect: succeed },
  umask: { doc: 'umask()', footprint: measured(27.2, 'as getpid'), blocks: 'never', effect: succeed },
  uname: {
    doc: 'uname(): 390 bytes of names',
    footprint: assumed(350, 'a lock and a copy'),
    blocks: 'never',
    effect: succeed,
  },
  sysinfo: {
    doc: 'sysinfo(): memory and load totals',
    footprint: assumed(2500, 'sums over zones and processors; 4.3 us under a tracer on the recorded host, gettid 0.9'),
    blocks: 'never',
    effect: succeed,
  },
  getrusage: { doc: 'getrusage(who)', footprint: assumed(700, 'sums over threads'), blocks: 'never', effect: succeed },
  getrandom: {
    doc: 'getrandom(bytes)',
    footprint: assumed(900, 'one block of ChaCha20 and its key erased'),
    blocks: 'never',
    effect: (_host, _core, { arg0 }) => arg0,
  },
  prctl: { doc: 'prctl(option)', footprint: assumed(200, 'a switch and a field'), blocks: 'never', effect: succeed },
  arch_prctl: {
    doc: 'arch_prctl(option): FS base',
    footprint: assumed(200, 'as prctl'),
    blocks: 'never',
    effect: succeed,
  },
  set_tid_address: {
    doc: 'set_tid_address()',
    footprint: measured(27.2, 'as gettid'),
    blocks: 'never',
    effect: (_host, _core, thread) => thread.tid,
  },
  set_robust_list: { doc: 'set_robust_list()', footprint: assumed(100, 'as getpid'), blocks: 'never', effect: succeed },
} as const satisfies Record<string, CallSpec>;
