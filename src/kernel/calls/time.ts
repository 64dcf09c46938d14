import type { Core } from '../../hw/core.ts';
import { TimerFile } from '../files/timerfile.ts';
import type { Thread } from '../thread.ts';
import { BLOCKED } from '../waitqueue.ts';
import { installFile } from './descriptors.ts';
import { assumed, holding, measured } from './numbers.ts';
import type { CallHost, CallSpec } from './spec.ts';
import { EBADF } from '../abi.ts';

const NS_PER_US = 1000;
const NAP: Pick<CallSpec, 'footprint' | 'blocks' | 'effect'> = {
  footprint: assumed(1500, 'a timer of the core set and cancelled; switches come on top'),
  blocks: 'for the time given',
  effect: sleep,
};

/** Clocks and timers. Programs that read the clock through the vDSO make no system call: that is user work of theirs. */
export const timeCalls = {
  clock_gettime: {
    doc: 'clock_gettime() without the vDSO',
    footprint: measured(167, 'clock_gettime as a system call 243 ns, 168 beyond an empty call'),
    blocks: 'never',
    effect: () => 0,
  },
  gettimeofday: {
    doc: 'gettimeofday() without the vDSO',
    footprint: measured(167, 'as clock_gettime'),
    blocks: 'never',
    effect: () => 0,
  },
  nanosleep: { doc: 'nanosleep(us)', ...NAP },
  clock_nanosleep: { doc: 'clock_nanosleep(us)', ...NAP },
  timerfd_create: {
    doc: 'timerfd_create(): a file that becomes readable when its time has come',
    footprint: assumed(3800, 'one anonymous file and a timer'),
    blocks: 'never',
    lock: holding('fileTable', 0.1),
    effect: (_host, _core, thread) => installFile(thread, new TimerFile()),
  },
  timerfd_settime: {
    doc: 'timerfd_settime(fd, us): 0 disarms',
    footprint: assumed(900, 'a timer of the core set'),
    blocks: 'never',
    lock: holding('file'),
    effect: (host, core, thread) => {
      const file = thread.process.files[thread.arg0];
      if (!(file instanceof TimerFile)) return -EBADF;
      file.set(host, core, thread.arg1 * NS_PER_US);
      return 0;
    },
  },
} as const satisfies Record<string, CallSpec>;

function sleep(host: CallHost, core: Core, thread: Thread): number {
  if (thread.isTimedOut || thread.arg0 <= 0) return 0;
  host.setDeadline(core, thread, thread.arg0 * NS_PER_US);
  return BLOCKED;
}
