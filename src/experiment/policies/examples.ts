import { splitPolicy } from '../../kernel/policies/find.ts';

/** Policies by the study in `experiments/policies/` that shows them at work beside their family. */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  stock: ['baseline', 'baseline+vdso', 'sandboxed', 'traced'],
  kernelmode: ['kernelmode', 'kernelmode+gate', 'kernelmode-syscall', 'privbox'],
  bypage: ['bypage-l0', 'bypage', 'bypage-hardened', 'bypage-hardened-minimal'],
  ukl: ['ukl-base', 'ukl-bypass', 'ukl-shortcut'],
  inside: ['userspace-bypass', 'ebpf-chain'],
  rings: ['flexsc', 'io_uring', 'io_uring-sqpoll', 'io_uring-sqpoll-pinned'],
  bounds: ['singularity', 'free'],
};

/** The worked example of a policy, amended or not: a study's file, from the root of ringsim. */
export function exampleOf(policy: string): string | undefined {
  const { base } = splitPolicy(policy);
  const family = Object.keys(FAMILIES).find((name) => FAMILIES[name].includes(base));
  return family === undefined ? undefined : `experiments/policies/${family}.yaml`;
}
