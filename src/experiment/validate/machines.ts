import type { Mitigation } from '../../hw/steps.ts';
import { isInt80, northwoodOf } from './northwoods.ts';
import type { Target } from './target.ts';

/** How a machine is run for a target: its profile, its clock where the target names one, and its kernel. */
export interface Host {
  readonly machine: string;
  /** Undefined: that of the profile. */
  readonly gigahertz: number | undefined;
  readonly kpti: boolean | undefined;
  readonly mitigations: boolean;
  /** In a virtual machine, with nested paging, where the profile is one of bare metal; absent for bare metal. */
  readonly virtual?: true;
  /** Whether tags of address spaces are left unused, as before Linux 4.14 or with `nopcid`; absent where the machine's own hold. */
  readonly pcid?: false;
  /** What its kernel does against speculative execution beside what the machine's own kernel does; absent for nothing. */
  readonly features?: readonly Mitigation[];
  /** Cores that the row names; absent where it names none. */
  readonly cores?: number;
}

/** Processors as sources spell them, first match wins: the more particular stand before the more general. */
const PROCESSORS: readonly (readonly [RegExp, string])[] = [
  [/genoa.*(vm|firecracker)|(vm|firecracker).*genoa/i, 'genoa-vm'],
  [/genoa|zen ?4|epyc 9\d{3}|ryzen 7\d{3}/i, 'zen4'],
  [/milan|zen ?3|epyc 7\d\d3|ryzen [59] ?5\d{3}|\b5800x|\b5950x/i, 'zen3'],
  [/rome|zen ?2|epyc 7\d\d2|ryzen [579] ?3\d{3}|\b3800x/i, 'zen2'],
  [/athlon ?64/i, 'athlon64'],
  [/opteron|\bk8\b/i, 'opteron-k8'],
  [/sapphire|golden cove|\bspr\b|xeon [a-z]* ?\d4\d\d\b/i, 'sapphire-rapids'],
  [/ice ?lake|sunny cove|xeon [a-z]* ?\d3\d\d\b/i, 'icelake-sp'],
  [/cascade|sky-?lake|coffee ?lake|kaby ?lake|xeon [a-z]* ?\d[12]\d\d\b|i[3579]-[6-9]\d{3}|\bec2\b/i, 'skylake-sp'],
  [/haswell|broadwell|e[357]-\d{4}l? v[34]|i[357]-[45]\d{3}/i, 'haswell'],
  [/sandy|ivy ?bridge|e[357]-\d{4}|i[357]-[23]\d{3}\b|xeon \(2012\)/i, 'sandybridge-ep'],
  [/nehalem|westmere|[exl]5[56]\d\d\b|core i7\b/i, 'nehalem'],
  [/x86-64.*prescott|nocona|irwindale/i, 'prescott-64'],
  [/prescott/i, 'prescott'],
  [/pentium ?4|netburst|\bp4\b|northwood|xeon 2\.0 ghz|2\.5\.74/i, 'northwood'],
];

/** Processors that have no profile, by their names; first match wins. A processor that is not named at all is one of its year. */
const WITHOUT_PROFILE: readonly (readonly [RegExp, string])[] = [
  [/\bduron\b|athlon (xp|mp)|\bk7\b/i, 'the K7 (Duron, Athlon)'],
  [/p-?iii|pentium ?(iii|3|ii|2|pro|m)\b/i, 'the P6 family'],
  [/\bzen( ?\+| ?1)?$|\bnaples\b|epyc 7\d\d1/i, 'Zen of the first generation'],
  [/\batom\b|bulldozer|piledriver|bobcat|jaguar|itanium|ia-?64/i, 'this processor'],
  [/\b(5[1-4]\d\d|e54\d\d|x54\d\d)\b|core ?2|woodcrest|harpertown/i, 'the Core 2 family'],
  [
    /\b(alpha|arm\w*|aarch64|cortex\S*|graviton\S*|apple m\d|sparc\S*|power ?\d\S*|ppc\S*|mips\S*|risc-?v|s390\S*)\b|simos|simulation/i,
    'processors other than x86',
  ],
];
/**
 * What a machine is taken for whose processor nobody names, by the year of its source: servers that were common then. Lupine (2020) ran in
 * Firecracker and UKL's, OSv's and Userspace Bypass's artifacts in machines that their rows leave open.
 */
const OF_ITS_YEAR: readonly (readonly [number, string])[] = [
  [2022, 'icelake-sp'],
  [2017, 'skylake-sp'],
  [2014, 'haswell'],
  [2012, 'sandybridge-ep'],
  [2009, 'nehalem'],
  [2005, 'opteron-k8'],
  [0, 'northwood'],
];

/** Kernels that are not Linux, and states that no scenario makes. */
const FOREIGN = /seL4|\bOSv\b|freebsd|windows|cache cold|(?:ice ?lake|sunny cove) client/i;
/**
 * Figures that no machine stands for, by processor or source and by metric: a barrier that Cascade Lake has for 340 cycles and Skylake for 4500
 * (Behrens et al., EuroSys 2022), and the calls of seL4.
 */
const NOT_OURS: readonly (readonly [RegExp, RegExp])[] = [
  [/cascade/i, /\bibpb\b/i],
  [/skybridge/i, /no-op syscall/i],
];
/** Machines of several processors, by those of one. */
const WITH_SOCKETS: Readonly<Record<string, string>> = { 'skylake-sp': 'skylake-sp-2s' };
const SOCKETS = /\b(?:[2-8] sockets|dual.socket|[2-8] numa)/i;
const CORES = /(?:^|[^-\d])(\d+)[- ]cores?\b/i;
const VIRTUAL = /\bvm\b|microvm|\bec2\b|firecracker|virtual machine|\bguest\b/i;
const GIGAHERTZ = /(\d+(?:\.\d+)?) ?GHz/i;
/** Clock of servers that a source calls typical of 2003 and no more: that of the dual Pentium 4 of Dickins (linux-kernel, March 2003). */
const TYPICAL_2003 = /typical x86 servers; 2\.5/i;
const TYPICAL_GIGAHERTZ = 1.8;
const YEAR = /\b(?:19|20)\d\d\b/;
/** Meltdown and Spectre became known in January 2018; figures of earlier years are those of kernels without mitigations. */
const FIRST_MITIGATED = 2018;
const NO_KPTI = /no[- ]?pti|no kpti|kpti off|without kpti|no meltdown/i;
const NO_PCID = /\bno[- ]?pcid\b|without pcid/i;
const KPTI = /kpti on|with kpti|\bpti\b/i;
const NO_MITIGATIONS = /mitigations? (off|none)|no mitigations/i;
/** Linux has had KPTI since 4.14 (as backported) and the mitigations of Spectre since 4.15. */
const KERNEL = /\blinux (\d+)\.(\d+)/i;
const SPLIT = 414;
const RETPOLINES = 415;

/** Machines whose own kernel is a later one, and the same ones under the kernels of their first years. */
const BEFORE_MITIGATIONS: Readonly<Record<string, string>> = {
  'sandybridge-ep': 'sandybridge-2012',
  'skylake-sp': 'skylake-sp-2017',
};

/** What kernels since 5.2 (May 2019) do on machines whose buffers can be sampled (MDS), as Linux turns it on where nothing else is said. */
const SINCE_SAMPLING: Readonly<Record<string, readonly Mitigation[]>> = { 'skylake-sp': ['mds'] };
const SAMPLING = 502;

/** What names a processor: `-` and a virtual machine do not. */
type Named = Pick<Target, 'source' | 'cpu' | 'metric'>;

/** The machine that a target was measured on, as far as its description says; undefined for one that is not modelled. */
export function hostOf({ source, cpu, metric }: Named): Host | undefined {
  const year = Number(YEAR.exec(source)?.[0] ?? FIRST_MITIGATED);
  const kernel = kernelIn(cpu);
  const isOld = year < FIRST_MITIGATED || (kernel !== undefined && kernel < SPLIT);
  const modern = machineOf(cpu, year);
  if (modern === undefined || FOREIGN.test(cpu)) return undefined;
  if (NOT_OURS.some(([whose, what]) => whose.test(`${cpu} ${source}`) && what.test(metric))) return undefined;
  const isEarly = isOld || (kernel !== undefined && kernel < RETPOLINES);
  const machine = isEarly ? (BEFORE_MITIGATIONS[modern] ?? modern) : modern;
  const text = `${cpu} ${metric}`;
  if (isInt80(text) && machine !== 'northwood') return undefined;
  const cores = Number(CORES.exec(cpu)?.[1] ?? 1);
  const features = (kernel ?? 0) >= SAMPLING ? SINCE_SAMPLING[machine] : undefined;
  const own = SOCKETS.test(cpu) ? (WITH_SOCKETS[modern] ?? machine) : machine;
  return {
    machine: machine === 'northwood' ? northwoodOf(`${source} ${text}`, year) : own,
    gigahertz: gigahertzOf(cpu),
    kpti: NO_KPTI.test(text) ? false : KPTI.test(text) ? true : isOld ? false : isEarly ? true : undefined,
    mitigations: !isOld && !NO_MITIGATIONS.test(text),
    ...(features === undefined ? {} : { features }),
    ...(NO_PCID.test(text) ? { pcid: false } : {}),
    ...(cores > 1 ? { cores } : {}),
    ...(VIRTUAL.test(cpu) && !machine.endsWith('-vm') ? { virtual: true } : {}),
  };
}

function machineOf(cpu: string, year: number): string | undefined {
  const named = PROCESSORS.find(([pattern]) => pattern.test(cpu))?.[1];
  if (named !== undefined || unmodelledProcessor(cpu) !== undefined) return named;
  return OF_ITS_YEAR.find(([from]) => year >= from)?.[1];
}

/** The processor of a row that the model has no profile of; undefined where it has one, or none is named. */
export function unmodelledProcessor(cpu: string): string | undefined {
  if (PROCESSORS.some(([pattern]) => pattern.test(cpu))) return undefined;
  return WITHOUT_PROFILE.find(([pattern]) => pattern.test(cpu))?.[1];
}

/** Whether no processor is named: the machine is one of the year. */
export function isAssumed(cpu: string): boolean {
  return !PROCESSORS.some(([pattern]) => pattern.test(cpu));
}

/** The version of Linux that a row names, 414 for 4.14. */
function kernelIn(cpu: string): number | undefined {
  const [, major, minor] = KERNEL.exec(cpu) ?? [];
  return major === undefined ? undefined : Number(major) * 100 + Number(minor);
}

function gigahertzOf(cpu: string): number | undefined {
  const clock = GIGAHERTZ.exec(cpu)?.[1];
  if (clock !== undefined) return Number(clock);
  return TYPICAL_2003.test(cpu) ? TYPICAL_GIGAHERTZ : undefined;
}
