import type { Policy } from '../policy.ts';
import { baseline } from './baseline.ts';

/** A request's calls as one program inside the kernel, verified before (eBPF; chains of reads as XRP makes them, OSDI 2022). */
export const ebpfChain: Policy = {
  ...baseline,
  name: 'ebpf-chain',
  doc: 'After its first read or write a request goes on as a verified program in the kernel, to the end of its chain of calls (like eBPF)',
  code: { cpl3: [], cpl0: ['confinedProgram'] },
  service: { kind: 'inside', calls: ['read', 'write', 'pread64'], until: { rule: 'chainEnd' } },
  crossings: { ...baseline.crossings, syscallEnter: { ...baseline.crossings.syscallEnter, cpl0: ['directCall'] } },
};
