import { sourced, type Sourced } from '../profile.ts';
import type { StorageProfile } from '../storage.ts';

const unmerged: Pick<StorageProfile, 'coalescedCompletions' | 'coalescingNs'> = {
  coalescedCompletions: sourced(1, [1, 32], 'assumed', 'an interrupt for each completion unless coalescing is set'),
  coalescingNs: sourced(0, [0, 100_000], 'assumed', 'units of 100 us where it is set (NVM Express, Set Features 08h)'),
};

/** Flash behind NVM Express with capacitors for its cache, as servers have had since 2014. */
export const NVME: StorageProfile = {
  readNs: sourced(80_000, [60_000, 120_000], 'recalled', 'Intel DC P3700 and P4510 data sheets: some 80 us for 4 KiB'),
  writeNs: sourced(20_000, [10_000, 40_000], 'recalled', 'as readNs: some 20 us into the cache of the device'),
  flushNs: sourced(5_000, [0, 50_000], 'assumed', 'the cache survives a loss of power: a flush has nothing to write'),
  bytesPerNs: sourced(2.8, [2, 7], 'recalled', 'Intel DC P3700 data sheet: 2800 MB/s, four lanes of PCI Express 3'),
  channels: sourced(36, [16, 64], 'recalled', 'Intel DC P3700 data sheet: 450 000 reads a second of 80 us each'),
  queueDepth: sourced(
    1023,
    [31, 1023],
    'recalled',
    'Linux drivers/nvme/host/pci.c: io_queue_depth 1024, one kept free',
  ),
  ...unmerged,
};

const CHEETAH = 'Seagate Cheetah 15K.4 product manual (2004)';

/** A disk of 15 000 turns a minute on a SCSI bus, as servers had in 2004. */
export const SCSI_2004: StorageProfile = {
  readNs: sourced(5_500_000, [3_500_000, 8_000_000], 'recalled', `${CHEETAH}: seek 3.5 ms and half a turn, 2 ms`),
  writeNs: sourced(6_000_000, [4_000_000, 8_500_000], 'recalled', `${CHEETAH}: seek 4.0 ms and half a turn, 2 ms`),
  flushNs: sourced(0, [0, 10_000_000], 'assumed', 'write cache off, as SCSI disks of servers are set'),
  bytesPerNs: sourced(0.075, [0.058, 0.096], 'recalled', `${CHEETAH}: 58 to 96 MB/s sustained`),
  channels: one('one arm'),
  queueDepth: sourced(32, [1, 64], 'recalled', 'tags that drivers of Linux 2.6.8 used for a disk'),
  ...unmerged,
};

function one(source: string): Sourced {
  return sourced(1, [1, 1], 'assumed', source);
}
