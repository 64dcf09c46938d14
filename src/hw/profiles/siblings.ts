import { sourced, type SmtSpec } from '../profile.ts';

const SDM =
  'Intel SDM vol. 3, hyper-threading: two logical processors a core, which share caches, TLBs and execution engine';
const AMD =
  'AnandTech 11170 on Zen: two threads a core; caches, tagged TLBs and execution units shared, queues split in halves';
const MIX =
  'published gains are means over programs that also wait for memory and lose cache, both of which come on top here';

const REPLAY =
  'Wikipedia, Replay system: what waits for data is issued again and again, which takes nearly every cycle of the execution units from the other thread';

/** Of the Pentium 4 with hyper-threading. */
const netburst = {
  threadsPerCore: 2,
  throughput: sourced(
    1.2,
    [1, 1.58],
    'recalled',
    `Tuck & Tullsen, PACT 2003: 1.20 over pairs of SPEC programs, 0.90 to 1.58; Marr et al., 2002: 1.16 to 1.28 for servers; ${MIX}`,
  ),
  replay: sourced(1, [0.3, 1], 'second-hand', REPLAY),
  tagsCode: true,
  tagsBranches: true,
  itlb: 'replicated',
  source: `${SDM}; each trace line has the ID of its thread (Shanley, The Unabridged Pentium 4, chapter 39); ITLBs are duplicated, entries of the global history array carry the ID of their thread (Marr et al., Intel Technology Journal Q1 2002, as reprinted by active-hardware.com, Intel 3.06 GHz Pentium 4, November 2002)`,
} as const satisfies SmtSpec;

/** Hardware threads of processor families; what no paper measures alone, the throughput of threads that never wait, is assumed near the gains of whole programs. */
export const siblings = {
  netburst,
  prescott: {
    ...netburst,
    replay: sourced(
      0.5,
      [0.1, 1],
      'assumed',
      `${REPLAY}; less with the replay queue of Prescott, nobody says how much`,
    ),
  },
  nehalem: {
    threadsPerCore: 2,
    throughput: sourced(
      1.25,
      [1, 1.6],
      'recalled',
      `Intel, Hot Chips 2008: 10 to 30 per cent from the second thread of Nehalem; ${MIX}`,
    ),
    source: SDM,
  },
  skylake: {
    threadsPerCore: 2,
    throughput: sourced(
      1.22,
      [1, 1.6],
      'recalled',
      `AnandTech 11544: two copies of SPECint2006 programs on one core of a Xeon 8176 gain about 20 per cent; ${MIX}`,
    ),
    source: SDM,
  },
  zen: {
    threadsPerCore: 2,
    throughput: sourced(
      1.25,
      [1, 1.6],
      'recalled',
      `AnandTech 11544 and 16261: about 28 per cent for EPYC 7601 in SPECint2006, 22 per cent for Zen 3; ${MIX}`,
    ),
    source: AMD,
  },
} as const satisfies Readonly<Record<string, SmtSpec>>;
