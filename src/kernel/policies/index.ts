import type { Policy } from '../policy.ts';
import { baseline } from './baseline.ts';
import { baselineVdso } from './baselinevdso.ts';
import { bypage } from './bypage.ts';
import { bypageHardened } from './bypagehardened.ts';
import { bypageHardenedMinimal } from './bypagehardenedminimal.ts';
import { bypageL0 } from './bypagel0.ts';
import { ebpfChain } from './ebpfchain.ts';
import { flexsc } from './flexsc.ts';
import { free } from './free.ts';
import { ioUring } from './iouring.ts';
import { ioUringSqpoll, ioUringSqpollPinned } from './iouringsqpoll.ts';
import { kernelmode } from './kernelmode.ts';
import { kernelmodeGate } from './kernelmodegate.ts';
import { kernelmodeSyscall } from './kernelmodesyscall.ts';
import { privbox } from './privbox.ts';
import { sandboxed } from './sandboxed.ts';
import { singularity } from './singularity.ts';
import { traced } from './traced.ts';
import { uklBase } from './uklbase.ts';
import { uklBypass } from './uklbypass.ts';
import { uklShortcut } from './uklshortcut.ts';
import { userspaceBypass } from './userspacebypass.ts';

/** All policies by name. A new policy is one file, written as a difference from another, and one row here. */
export const policies: Readonly<Record<string, Policy>> = {
  [baseline.name]: baseline,
  [baselineVdso.name]: baselineVdso,
  [sandboxed.name]: sandboxed,
  [traced.name]: traced,
  [kernelmode.name]: kernelmode,
  [kernelmodeGate.name]: kernelmodeGate,
  [kernelmodeSyscall.name]: kernelmodeSyscall,
  [bypageL0.name]: bypageL0,
  [bypage.name]: bypage,
  [bypageHardened.name]: bypageHardened,
  [bypageHardenedMinimal.name]: bypageHardenedMinimal,
  [privbox.name]: privbox,
  [uklBase.name]: uklBase,
  [uklBypass.name]: uklBypass,
  [uklShortcut.name]: uklShortcut,
  [userspaceBypass.name]: userspaceBypass,
  [flexsc.name]: flexsc,
  [ioUring.name]: ioUring,
  [ioUringSqpoll.name]: ioUringSqpoll,
  [ioUringSqpollPinned.name]: ioUringSqpollPinned,
  [ebpfChain.name]: ebpfChain,
  [singularity.name]: singularity,
  [free.name]: free,
};
