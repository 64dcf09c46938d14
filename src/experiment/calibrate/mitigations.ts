import type { MachineProfile } from '../../hw/profile.ts';
import type { Mitigation, Option } from '../../hw/steps.ts';
import type { Derived, Origin } from './origin.ts';
import { lackingSteps } from './timings.ts';

/** What files of `/sys/devices/system/cpu/vulnerabilities` say of a mitigation. Source: Linux, arch/x86/kernel/cpu/bugs.c. */
const SIGNS: Readonly<Record<Mitigation, RegExp>> = {
  kpti: /^meltdown\tMitigation: PTI/m,
  thunks:
    /^spectre_v2\t.*Retpoline|^(retbleed|spec_rstack_overflow)\t.*(untrained return thunk|[Ss]afe RET)|^indirect_target_selection\tMitigation/m,
  ibrs: /^spectre_v2\tMitigation: (IBRS|Retpolines; IBRS)/m,
  stibp: /^spectre_v2\t.*STIBP: (conditional|always-on|forced)/m,
  ibpb: /^spectre_v2\t.*IBPB: (conditional|always-on)/m,
  untrain: /^(retbleed|spec_rstack_overflow)\t.*(untrained return thunk|[Ss]afe RET)/m,
  rsb: /^spectre_v2\t.*RSB filling/m,
  bhb: /^spectre_v2\t.*BHI: (SW loop|Vulnerable, KVM: SW loop)/m,
  mds: /^(mds|tsx_async_abort|mmio_stale_data|reg_file_data_sampling)\tMitigation: Clear (CPU )?[Bb]uffers/m,
};

/** Flags of `/proc/cpuinfo` without which the kernel cannot have an option. */
const FLAGS: Readonly<Partial<Record<Option, string>>> = { smap: 'smap', cet: 'user_shstk' };

/**
 * Mitigations, options and tagged TLBs of this kernel and processor. A feature whose steps the base profile has no cost for is named in the
 * notes and left as in the base profile.
 */
export function deriveFeatures({ base, readings }: Origin): Derived {
  const { facts } = readings;
  const notes: string[] = [];
  const reports = Object.entries(facts)
    .filter(([key]) => key.startsWith('vulnerability.'))
    .map(([key, text]) => `${key.slice('vulnerability.'.length)}\t${text}`);
  let profile: MachineProfile = base;
  const fields: Record<string, unknown> = {};
  const adopt = <K extends 'features' | 'options' | 'pcid'>(key: K, value: MachineProfile[K]): void => {
    const next = { ...profile, [key]: value };
    const lacking = lackingSteps(next);
    if (lacking.length > 0)
      notes.push(
        `${key} of this kernel are ${String(value)}; ${base.name} has no cost of ${lacking.join(', ')}, so they stay ${String(base[key])}`,
      );
    else [profile, fields[key]] = [next, value];
  };
  if (reports.length > 0) {
    const text = reports.join('\n');
    adopt(
      'features',
      (Object.keys(SIGNS) as Mitigation[]).filter((name) => SIGNS[name].test(text)),
    );
  } else notes.push('the kernel does not report its mitigations');
  const flags = facts['cpu.flags']?.split(' ');
  if (flags !== undefined) {
    adopt('pcid', flags.includes('pcid'));
    adopt(
      'options',
      base.options.filter((name) => FLAGS[name] === undefined || flags.includes(FLAGS[name])),
    );
  } else notes.push('the processor does not report its flags');
  return { fields, notes };
}
