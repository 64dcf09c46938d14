import { hostOf, unmodelledProcessor, type Host } from './machines.ts';
import type { Target } from './target.ts';

/** What the model does not have, by words of a row: first match wins. The reader of a report sees why a row has no scenario. */
const MISSING: readonly (readonly [RegExp, string])[] = [
  [/patch|\bLOC\b/i, 'size of source code, which no simulation measures'],
  [/freebsd/i, 'no model of FreeBSD'],
  [/windows/i, 'no model of Windows'],
  [/sel4|vmfunc|no-op syscall/i, 'no model of seL4, nor of the EPT switching of SkyBridge'],
  [/ibpb cascade/i, 'no machine with the barrier of Cascade Lake, which takes a thirteenth of that of Skylake'],
  [/\bdune\b/i, 'no model of Dune'],
  [/arrakis|nosql/i, 'no model of Arrakis or of its NoSQL store'],
  [/mysql|\bbind\b|specjappserver|specjvm98|secrecy|javascript/i, 'no model of this application'],
  [/haproxy|aether|reverse proxy/i, 'no model of a reverse proxy'],
  [
    /(?:ice ?lake|sunny cove) client/i,
    'no machine with the client chip of Ice Lake, whose steps differ from the server chip',
  ],
  [/cache cold/i, 'instructions are timed with hot caches alone'],
  [/range flush/i, 'a function of one kernel, whose work the row does not describe'],
  [/cache line/i, 'lines are of 64 bytes on all machines'],
  [/mispredict/i, 'branches are modelled by the line of code, not one by one'],
  [/tlb entries evicted/i, 'data of the kernel lie in large pages, whose entries are few'],
  [/empty.?loop|user.?call|\brdtsc\b/i, 'instructions of user code are not modelled one by one'],
  [/memfd|shared.?write/i, 'no faults on shared memory'],
  [/promote path|considered hot/i, 'a setting of the system, not what it gives'],
  [/o_direct|ext4|\bbio\b/i, 'layers of the kernel are not counted one by one'],
  [/nvme driver/i, 'no programs in the driver of the device'],
  [/look-?up throughput|libaio|io_uring|bpf-kv/i, 'the row does not say how many requests are under way'],
  [/wbinvd/i, 'no instruction that writes all caches back'],
  [/singularity|increment|software isolation/i, 'only the calls and the switches of Singularity are modelled'],
  [/cpuid|vmexit/i, 'no exits to the host'],
  [/thp|huge ?pages?\b|2m_|1 ?gb-?page/i, 'no huge pages of programs'],
  [
    /memcached at \d+ ?us/i,
    'a rate at a latency, measured in a guest as far as its artifact says: exits to the host decide',
  ],
  [/slowdown vs|worst micro/i, 'compared with a kernel or a benchmark that the row does not describe'],
  [/\bitlb\b/i, 'no program that chases through pages of code'],
  [/calls (?:before|after)|after patch|before patch/i, 'calls of one program before and after one patch'],
  [/network throughput|non-posix/i, 'no model of this network stack'],
  [/\bosv\b/i, 'no model of the scheduler of OSv'],
  [/\bbpf\b|bpf_/i, 'no model of the helpers that BPF programs call'],
];

/** Whether a rate of requests is one of a guest: the exits to its host, which the model lacks, decide about it; about gains they do not. */
export const dependsOnHost = ({ unit }: Pick<Target, 'unit'>, { virtual }: Pick<Host, 'virtual'>): boolean =>
  virtual === true && /^(?:req(?:uests)?\/s|QPS)/i.test(unit);

/** Why a row has no scenario. */
export function reasonOf(target: Target): string {
  const { cpu, metric, source } = target;
  const text = `${metric} ${cpu}`;
  const known = MISSING.find(([pattern]) => pattern.test(text)) ?? MISSING.find(([pattern]) => pattern.test(source));
  if (known !== undefined) return known[1];
  const processor = unmodelledProcessor(cpu);
  if (processor !== undefined) return `no profile of ${processor}`;
  const host = hostOf(target);
  if (host === undefined) return 'no machine that is entered or built like this one';
  if (dependsOnHost(target, host)) return 'a rate of a guest, which exits to its host decide: the model has none';
  return 'no scenario measures this, in this unit';
}
