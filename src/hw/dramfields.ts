import { LINE_BYTES } from '../sim/units.ts';
import { count, flag, isCount, isFields, isText, oneOf, optional, sourcedNumber, when } from './checks.ts';
import type { Check, Fields, ProfileProblem } from './checks.ts';
import { MAPPING_NAMES } from './drammap.ts';
import { deviceCycles, PAGE_POLICY_NAMES, type PagePolicyName } from './rowbuffers.ts';

const TIMES = ['casNs', 'rcdNs', 'rpNs', 'idleNs'] as const;
const PARTS = `channels, banks, rowBytes, mapping, pages, ${TIMES.join(', ')} and source`;

const power: Check = (value, path) =>
  when(!isCount(value) || (value & (value - 1)) !== 0, path, `is ${String(value)}; it must be a power of two`);

/** Channels, banks and row buffers of a profile. */
export const dram: Check = (value, path) => {
  if (!isFields(value)) return [{ path, message: `must hold ${PARTS}` }];
  const { channels, banks, rowBytes, mapping, hashed, pages, source } = value;
  return [
    ...when(!isText(source), path, 'has no source of its geometry'),
    ...count(channels, `${path}.channels`),
    ...power(banks, `${path}.banks`),
    ...power(rowBytes, `${path}.rowBytes`),
    ...when(
      isCount(rowBytes) && rowBytes < LINE_BYTES,
      `${path}.rowBytes`,
      `is ${String(rowBytes)}; a row holds at least a line of ${LINE_BYTES} bytes`,
    ),
    ...oneOf(MAPPING_NAMES)(mapping, `${path}.mapping`),
    ...optional(flag)(hashed, `${path}.hashed`),
    ...oneOf(PAGE_POLICY_NAMES)(pages, `${path}.pages`),
    ...TIMES.flatMap((name) => sourcedNumber(value[name], `${path}.${name}`)),
  ];
};

/** The devices' times are a part of the latency of memory. */
export function checkDevices({ dram: part, dramLatencyNs }: Fields): ProfileProblem[] {
  if (!isFields(part) || !PAGE_POLICY_NAMES.includes(part['pages'] as PagePolicyName)) return [];
  const [cas, rcd, rp] = [part['casNs'], part['rcdNs'], part['rpNs']].map(valueOf);
  const devices = deviceCycles({ pages: part['pages'] as PagePolicyName, cas, rcd, rp });
  const latency = valueOf(dramLatencyNs);
  // What is missing compares false: it has been said already.
  if (!(latency < devices)) return [];
  return [{ path: 'dramLatencyNs', message: `is ${latency}, less than the ${devices} ns of the devices of dram` }];
}

function valueOf(number: unknown): number {
  return isFields(number) && typeof number['value'] === 'number' ? number['value'] : NaN;
}
