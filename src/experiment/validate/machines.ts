import type { Target } from './target.ts';

/** How a machine is run for a target: its profile, its clock where the target names one, and its kernel. */
export interface Host {
  readonly machine: string;
  /** Undefined: that of the profile. */
  readonly gigahertz: number | undefined;
  readonly kpti: boolean | undefined;
  readonly mitigations: boolean;
}

/** Processors as sources spell them, first match wins: the more particular stand before the more general. */
const PROCESSORS: readonly (readonly [RegExp, string])[] = [
  [/genoa.*(vm|firecracker)|(vm|firecracker).*genoa/i, 'genoa-vm'],
  [/genoa|zen ?4|epyc 9\d{3}|ryzen 7\d{3}/i, 'zen4'],
  [/milan|zen ?3|epyc 7\d\d3|ryzen [59] ?5\d{3}|5800x|5950x/i, 'zen3'],
  [/rome|zen ?2|epyc 7\d\d2|ryzen [579] ?3\d{3}|3800x/i, 'zen2'],
  [/athlon ?64|opteron|\bk8\b/i, 'opteron-k8'],
  [/sapphire|golden cove|\bspr\b|xeon [a-z]* ?\d4\d\d\b/i, 'sapphire-rapids'],
  [/ice ?lake|sunny cove|xeon [a-z]* ?\d3\d\d\b/i, 'icelake-sp'],
  [/cascade|sky-?lake|coffee ?lake|kaby ?lake|xeon [a-z]* ?\d[12]\d\d\b|i[3579]-[6-9]\d{3}|\bec2\b/i, 'skylake-sp'],
  [/haswell|broadwell|e[357]-\d{4}l? v[34]|i[357]-[45]\d{3}/i, 'haswell'],
  [/sandy|ivy ?bridge|e[357]-\d{4}|i[357]-[23]\d{3}\b|xeon \(2012\)/i, 'sandybridge-ep'],
  [/nehalem|westmere|[exl]5[56]\d\d\b|core i7\b/i, 'nehalem'],
  [/prescott/i, 'prescott'],
  [/pentium ?4|netburst|\bp4\b|northwood|xeon 2\.0 ghz|2\.5\.74/i, 'northwood'],
];

/** Kernels that are not Linux. */
const FOREIGN = /seL4|\bOSv\b|freebsd|windows/i;
const GIGAHERTZ = /(\d+(?:\.\d+)?) ?GHz/i;
const YEAR = /\b(?:19|20)\d\d\b/;
/** Meltdown and Spectre became known in January 2018; figures of earlier years are those of kernels without mitigations. */
const FIRST_MITIGATED = 2018;
const NO_KPTI = /no[- ]?pti|no kpti|kpti off|without kpti|no meltdown/i;
const KPTI = /kpti on|with kpti|\bpti\b/i;
const NO_MITIGATIONS = /mitigations? (off|none)|no mitigations/i;

/** The machine that a target was measured on, as far as its description says; undefined for one that is not modelled. */
export function hostOf({ source, cpu, metric }: Pick<Target, 'source' | 'cpu' | 'metric'>): Host | undefined {
  const machine = PROCESSORS.find(([pattern]) => pattern.test(cpu))?.[1];
  if (machine === undefined || FOREIGN.test(cpu)) return undefined;
  const text = `${cpu} ${metric}`;
  const isInt80 = /int ?(0x)?80/i.test(text);
  if (isInt80 && machine !== 'northwood') return undefined;
  const clock = GIGAHERTZ.exec(cpu)?.[1];
  const year = Number(YEAR.exec(source)?.[0] ?? FIRST_MITIGATED);
  return {
    machine: isInt80 ? 'northwood-int80' : machine,
    gigahertz: clock === undefined ? undefined : Number(clock),
    kpti: NO_KPTI.test(text) ? false : KPTI.test(text) ? true : year < FIRST_MITIGATED ? false : undefined,
    mitigations: year >= FIRST_MITIGATED && !NO_MITIGATIONS.test(text),
  };
}
