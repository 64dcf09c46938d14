import { sourced, type DramProfile } from '../profile.ts';

/** Devices of one generation of memory. */
interface Devices {
  /** ns that tCL, tRCD and tRP are each, and their range. */
  readonly ns: number;
  readonly range: readonly [number, number];
  /** Banks of a channel, of all its ranks. */
  readonly banks: number;
  readonly rowBytes: number;
  /** Whether controllers of the time spread rows over banks by a hash. */
  readonly hashed: boolean;
  readonly source: string;
}

const KIB8 = 8192;

/** Memories by name; tCL, tRCD and tRP are alike in all of these speed grades, and rows are those of a whole rank. */
const DEVICES = {
  ddr400: {
    ns: 15,
    range: [10, 20],
    banks: 8,
    rowBytes: 2 * KIB8,
    hashed: false,
    source: 'JEDEC JESD79, DDR-400 3-3-3, recalled; two ranks of four banks on two channels in lockstep',
  },
  ddr3At1333: {
    ns: 13.5,
    range: [12, 15],
    banks: 16,
    rowBytes: KIB8,
    hashed: true,
    source: 'JEDEC JESD79-3, DDR3-1333 9-9-9, recalled; two ranks of eight banks',
  },
  ddr3At1600: {
    ns: 13.75,
    range: [12.5, 15],
    banks: 16,
    rowBytes: KIB8,
    hashed: true,
    source: 'JEDEC JESD79-3, DDR3-1600 11-11-11, recalled; two ranks of eight banks',
  },
  ddr4: {
    ns: 14,
    range: [12.5, 15],
    banks: 32,
    rowBytes: KIB8,
    hashed: true,
    source: 'JEDEC JESD79-4, 13.75 to 14.25 ns from DDR4-1866 to 3200, recalled; two ranks of 16 banks',
  },
  ddr5: {
    ns: 16.5,
    range: [14, 17.5],
    banks: 32,
    rowBytes: KIB8 / 2,
    hashed: true,
    source: 'JEDEC JESD79-5, DDR5-4800 40-39-39, recalled; 32 banks on each of the two subchannels of a channel',
  },
} as const satisfies Record<string, Devices>;

const idleNs = sourced(
  100,
  [20, 1300],
  'assumed',
  'AMD BIOS and kernel developer guide, K8, recalled: idle limits of 4 to 256 clocks of 5 ns; others do not say',
);

/** Memory of `channels` channels whose rows are left open for a while. */
export function memoryOf(name: keyof typeof DEVICES, channels: number, why: string): DramProfile {
  const { ns, range, banks, rowBytes, hashed, source } = DEVICES[name];
  const time = sourced(ns, range, 'recalled', source);
  return {
    channels,
    banks,
    rowBytes,
    mapping: 'rowInterleaved',
    hashed,
    pages: 'timed',
    casNs: time,
    rcdNs: time,
    rpNs: time,
    idleNs,
    source: `${source}; ${why}; page policy and mapping are assumed`,
  };
}
