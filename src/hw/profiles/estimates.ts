import { NVME } from './storages.ts';
import { sourced, type MachineProfile, type Sourced } from '../profile.ts';

/** Where the ranges of components are from that no table of one machine gives. */
const SEMANTICS = 'component ranges compiled from Unikraft, DragonFly, FreeBSD and Linux sources (docs/sources.md)';

type Costs = MachineProfile['cost'];

/**
 * Steps that no published table prices: the kernel's software and the 2004 proposal's own tests. Estimates in cycles with wide ranges,
 * alike on every machine; a profile replaces those it knows better.
 */
export const proposalSteps = {
  leaveHandler: sourced(500, [300, 900], 'assumed', `${SEMANTICS}: leaving by page fault 700 to 1500 in all`),
  capabilityCheck: sourced(6, [3, 10], 'assumed', SEMANTICS),
  pageTrustCheck: sourced(
    12,
    [5, 150],
    'assumed',
    `${SEMANTICS}: a page-table bit 5 to 20, a walk of mappings 50 to 150`,
  ),
  entryLookup: sourced(30, [10, 60], 'assumed', SEMANTICS),
  kernelFrame: sourced(10, [5, 15], 'assumed', SEMANTICS),
  argumentCheck: sourced(40, [20, 80], 'assumed', SEMANTICS),
  callGate: sourced(30, [10, 60], 'assumed', `${SEMANTICS}: gate 60 to 110 in all, with stack and work checks`),
  doubleFault: sourced(
    600,
    [300, 2000],
    'assumed',
    `${SEMANTICS}: an event at CPL 0 120 to 300 and its return 80 to 250, twice over, with a stack of its own 30 to 120`,
  ),
  doubleFaultWork: sourced(
    500,
    [200, 2000],
    'assumed',
    'about as the handler that demotes a thread which left its pages',
  ),
  istSwitch: sourced(60, [30, 120], 'assumed', SEMANTICS),
  privateStack: sourced(8, [5, 15], 'assumed', SEMANTICS),
  generationCheck: sourced(5, [2, 15], 'assumed', 'one load of kernel memory and a comparison'),
  heapSwitch: sourced(40, [20, 60], 'assumed', `${SEMANTICS}: WRPKRU 20 to 60`),
  signalRecord: sourced(20, [10, 30], 'assumed', SEMANTICS),
  faultClassify: sourced(30, [20, 50], 'assumed', SEMANTICS),
  sfiMask: sourced(
    50,
    [20, 150],
    'assumed',
    `${SEMANTICS}: 3 to 15 % of the time of instrumented code; about 3 % of a Redis-like server under Privbox (ATC 2022)`,
  ),
  branchCheck: sourced(5, [0, 20], 'assumed', `${SEMANTICS}: 2 to 5 cycles an indirect branch`),
  shadowStack: sourced(5, [0, 30], 'assumed', `${SEMANTICS}: 0 to 3 cycles a call or return`),
  safetyCheck: sourced(
    20,
    [0, 50],
    'assumed',
    'Singularity, OSR 2007: software isolation costs below 5 % of code that had no checks; managed servers have most of them already',
  ),
  ringPost: sourced(40, [15, 120], 'assumed', 'an entry of one line written and published, a completion read'),
  ringEntry: sourced(
    80,
    [30, 250],
    'assumed',
    'an entry checked, its file looked up, a completion written; io_uring runs 1.2 million reads a second on a core (Axboe 2019)',
  ),
  confinedProgram: sourced(200, [0, 1000], 'assumed', 'compiled eBPF against native code; no table found'),
  translatedCode: sourced(100, [20, 300], 'assumed', 'masks as of SFI, and what translation adds; no table found'),
  lstarWrite: sourced(150, [100, 300], 'assumed', `${SEMANTICS}: 200 to 600 for the pair`),
} as const satisfies Costs;

/** Work on entry and exit that is off unless a sandbox, an auditor or a tracer asks for it; page faults and what drops translations. */
export const optionalSteps = {
  seccompFilter: sourced(150, [50, 400], 'assumed', SEMANTICS),
  auditEntry: sourced(150, [50, 400], 'assumed', `${SEMANTICS}: 200 to 1000 with the exit`),
  auditExit: sourced(250, [100, 600], 'assumed', `${SEMANTICS}: 200 to 1000 with the entry`),
  ptraceStop: sourced(
    300,
    [50, 1500],
    'assumed',
    'the slow way in or out of a call and its hook; the stop itself, its switches and the tracer are simulated',
  ),
  invlpg: sourced(
    230,
    [100, 900],
    'second-hand',
    'linux-mm 2015: 216 to 260 cycles with hot caches, 883 with cold ones',
  ),
  cr3Reload: sourced(
    110,
    [96, 366],
    'second-hand',
    'linux-mm 2015: 96 to 251 cycles with hot caches, 366 with cold ones',
  ),
  globalFlush: sourced(
    850,
    [746, 1795],
    'second-hand',
    'linux-mm 2015: 746 to 960 cycles with hot caches, 1795 with cold ones',
  ),
  invpcidPage: sourced(230, [100, 500], 'assumed', 'as INVLPG'),
  invpcidContext: sourced(300, [100, 800], 'assumed', 'above a CR3 write, 96 to 251 cycles (linux-mm 2015)'),
  invpcidAll: sourced(
    1100,
    [740, 1500],
    'second-hand',
    'Linux commit d8bced79af1d: 376 ns on a Skylake laptop; at 2.9 GHz, assumed',
  ),
  accessHandler: sourced(500, [200, 1200], 'assumed', 'as leaveHandler: a mapping is found and nothing is mapped'),
  pageFault: sourced(1200, [600, 5000], 'assumed', `${SEMANTICS}: minor fault 1000 to 7000 with its event`),
} as const satisfies Costs;

/** Entry, exit and switching work of a 64-bit kernel of the last decade. */
export const kernelSteps = {
  ...proposalSteps,
  ...optionalSteps,
  saveRegisters: sourced(30, [20, 40], 'second-hand', SEMANTICS),
  restoreRegisters: sourced(20, [10, 30], 'second-hand', SEMANTICS),
  stackSwitch: sourced(8, [5, 15], 'assumed', SEMANTICS),
  entryWork: sourced(15, [2, 60], 'assumed', SEMANTICS),
  exitWork: sourced(20, [5, 60], 'assumed', SEMANTICS),
  dispatch: sourced(15, [5, 30], 'assumed', SEMANTICS),
  directCall: sourced(5, [3, 6], 'seen', 'Unikraft, EuroSys 2021 artifact: function call 6 cycles'),
  pickNext: sourced(250, [100, 500], 'assumed', 'fair class on a short queue'),
  threadSwitch: sourced(600, [300, 1500], 'assumed', `${SEMANTICS}: switch 1000 to 3500 in all, caches included`),
  spaceSwitch: sourced(400, [200, 900], 'assumed', `${SEMANTICS}; CR3 load and its bookkeeping`),
  ipiSend: sourced(120, [60, 300], 'assumed', 'x2APIC command register write'),
  idleExit: sourced(600, [100, 3000], 'assumed', 'exit from a shallow halt state'),
} as const satisfies Costs;

const FAST_PATH =
  'entry_64.S of Linux up to 4.15: a fast path that saves the arguments alone and tests one word of flags; null calls of 138 cycles (Dune, OSDI 2012) and 142 (Unikraft artifact) in all';

/** Entry and exit work of 64-bit kernels up to 4.15, whose system calls have a fast path. */
export const fastPathSteps = {
  saveRegisters: sourced(14, [8, 30], 'second-hand', FAST_PATH),
  restoreRegisters: sourced(8, [5, 20], 'second-hand', FAST_PATH),
  stackSwitch: sourced(5, [3, 15], 'second-hand', FAST_PATH),
  entryWork: sourced(3, [1, 15], 'second-hand', FAST_PATH),
  exitWork: sourced(5, [2, 20], 'second-hand', FAST_PATH),
  dispatch: sourced(6, [3, 20], 'second-hand', FAST_PATH),
} as const satisfies Costs;

const events = {
  eventEntry: sourced(300, [250, 450], 'second-hand', SEMANTICS),
  eventEntrySame: sourced(200, [120, 300], 'assumed', SEMANTICS),
  iret: sourced(200, [150, 300], 'second-hand', SEMANTICS),
  iretSame: sourced(150, [80, 250], 'assumed', SEMANTICS),
} as const satisfies Costs;

function likeGate({ value, range }: Sourced, name: string): Sourced {
  return sourced(value, [range[0], range[1]], 'assumed', `as ${name}: INT n goes through a gate of the same table`);
}

/** INT 0x80 where calls need not enter by it: a gate like that of an interrupt, without a table of its own. */
function gateSteps({ eventEntry, eventEntrySame, iret }: Record<keyof typeof events, Sourced>) {
  return {
    int80Instr: likeGate(eventEntry, 'eventEntry'),
    int80Same: likeGate(eventEntrySame, 'eventEntrySame'),
    int80Iret: likeGate(iret, 'iret'),
  } satisfies Costs;
}

/** Events through the interrupt descriptor table on a 64-bit processor, bare metal. */
export const eventSteps = { ...events, ...gateSteps(events) } as const satisfies Costs;

/** Mitigations in software or by writes of SPEC_CTRL. */
export const mitigationSteps = {
  specCtrlWrite: sourced(150, [100, 300], 'assumed', SEMANTICS),
  stibp: sourced(150, [100, 300], 'assumed', `${SEMANTICS}: a write of SPEC_CTRL`),
  untrainReturn: sourced(60, [20, 100], 'assumed', SEMANTICS),
  returnThunks: sourced(50, [20, 120], 'assumed', `${SEMANTICS}: 2 to 40 each, a few on the entry and dispatch path`),
  bhbClear: sourced(40, [20, 60], 'assumed', SEMANTICS),
  retpoline: sourced(
    28,
    [12, 50],
    'recalled',
    'Behrens et al., EuroSys 2022: generic retpoline, Broadwell 28 beyond an indirect branch',
  ),
  safeReturn: sourced(
    13,
    [8, 20],
    'assumed',
    'Safe RET: every return is mispredicted, 13 cycles on Zen 3 and 4 (Fog, recalled)',
  ),
} as const satisfies Costs;

/** Why the index of a last level is a hash. */
export const SLICES =
  'slices chosen by XORs of the address (engineered.at on Sandy Bridge; McCalpin, TR-2021-03 on Xeon Scalable)';

/** Page walkers of 64-bit Intel processors from 2008 on, on bare metal. */
export const intelPaging = {
  walker: {
    levels: 4,
    entries: 32,
    ways: 4,
    source: 'van Schaik et al. 2017, recalled: 32 directory entries cached, 4 of the level above',
    nested: {
      entries: 512,
      ways: 4,
      hit: sourced(
        7,
        [1, 9],
        'assumed',
        'as a hit in the second level of the TLB, which holds these entries too (Gandhi et al., MICRO 2014, of Sandy Bridge, recalled)',
      ),
      source: 'a second-level TLB of Nehalem or Sandy Bridge; what it holds of the guest is not counted',
    },
  },
  virtualised: false,
} as const satisfies Partial<MachineProfile>;

/** Page walkers of AMD processors of families 17h to 19h. */
export const zenWalker = {
  levels: 4,
  entries: 64,
  ways: 64,
  source: 'AMD optimization guides of families 17h and 19h, recalled: page directory cache of 64 entries',
} as const satisfies MachineProfile['walker'];

/** Network and interrupt delivery of a server in a rack: assumed alike unless a profile says more. */
export const surroundings = {
  ipiNs: sourced(
    500,
    [300, 1200],
    'assumed',
    'bare-metal interrupt delivery between cores; LATR (ASPLOS 2018) gives 2.7 us for a whole shootdown round on 16 cores',
  ),
  wireNs: sourced(10000, [5000, 30000], 'assumed', '10 Gbit/s network in a rack, one way'),
  linkBytesPerNs: sourced(1.25, [0.125, 12.5], 'assumed', '10 Gbit/s network'),
  moderationNs: sourced(
    20000,
    [0, 60000],
    'assumed',
    'adaptive interrupt throttling of 10 Gbit/s adapters settles at 20 000 to 70 000 interrupts a second',
  ),
  rxRing: sourced(
    8160,
    [64, 8160],
    'assumed',
    'largest ring of Intel E810 and others (ethtool -g); drivers begin with 256 to 2048',
  ),
  storage: NVME,
} as const satisfies Partial<MachineProfile>;
