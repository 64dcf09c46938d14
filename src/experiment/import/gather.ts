import type { Call } from './call.ts';
import { Conversations, type Turn } from './conversations.ts';
import { SEPARATOR } from './fold.ts';
import { Problems } from './problems.ts';
import type { RoleTable } from './roles.ts';
import { shapeOf, sizeOf } from './shapes.ts';
import { coarseSite, type NamingFacts, siteOf } from './sites.ts';
import type { Survey } from './survey.ts';
import { Tally } from './tally.ts';

/** Sequences longer than this are cut [calls]; different sequences remembered per role. */
const LONGEST_SEQUENCE = 256;
const MOST_SEQUENCES = 5000;

/** Results that are addresses count as 0. */
const RETURNS_ADDRESS: ReadonlySet<string> = new Set(['mmap', 'mremap', 'brk', 'shmat']);

/** Observations at one call site. */
export class SiteStats {
  readonly id: string;
  readonly call: string;
  readonly turn: Turn;
  count = 0;
  slept = 0;
  readonly request = new Tally();
  readonly result = new Tally();
  readonly kernel = new Tally();
  readonly blocked = new Tally();
  readonly gap = new Tally();
  readonly wakes = new Map<string, number>();

  constructor(id: string, call: string, turn: Turn) {
    this.id = id;
    this.call = call;
    this.turn = turn;
  }

  add(call: Call, size: number, timed: boolean): void {
    this.count++;
    if (size >= 0) this.request.add(size);
    this.result.add(RETURNS_ADDRESS.has(call.name) ? 0 : Math.max(0, call.result));
    if (!Number.isNaN(call.gap)) this.gap.add(call.gap);
    if (!timed) return;
    if (call.slept) {
      this.slept++;
      this.blocked.add(call.exit - call.enter);
    } else if (!call.preempted) this.kernel.add(call.exit - call.enter);
  }
}

/** What the threads of one role did between the first request and the last reply. */
export class RoleStats {
  readonly sites = new Map<string, SiteStats>();
  /** Keys `from SEPARATOR to`. */
  readonly transitions = new Map<string, number>();
  readonly sequences = new Map<string, number>();

  follow(from: string, to: string): void {
    const key = from + SEPARATOR + to;
    this.transitions.set(key, (this.transitions.get(key) ?? 0) + 1);
  }

  sequence(sites: readonly string[]): void {
    const key = sites.slice(0, LONGEST_SEQUENCE).join(SEPARATOR);
    const known = this.sequences.get(key);
    if (known !== undefined || this.sequences.size < MOST_SEQUENCES) this.sequences.set(key, (known ?? 0) + 1);
  }
}

/** Names the role behind a woken thread, `client` for a process outside; nothing for the kernel's own threads. */
function wokenRole(tid: number, comm: string, survey: Survey, roles: RoleTable): string | undefined {
  const role = roles.roleOf.get(tid);
  if (role !== undefined) return role;
  const kernelThread = /^(ksoftirqd|kworker|rcu|migration|kswapd|jbd2|kcompactd)/.test(comm);
  return survey.threads.has(tid) || kernelThread ? undefined : 'client';
}

class Gatherer {
  readonly stats = new Map<string, RoleStats>();
  readonly #first = new Map<number, string>();
  readonly #last = new Map<number, string>();
  readonly #open = new Map<number, string[]>();
  readonly #conversations: Conversations;
  readonly #facts: NamingFacts;
  readonly #survey: Survey;
  readonly #roles: RoleTable;
  readonly #heads: ReadonlyMap<string, string>;

  constructor(survey: Survey, roles: RoleTable, like: Survey) {
    this.#survey = survey;
    this.#roles = roles;
    this.#conversations = new Conversations(survey.kinds);
    this.#heads = new Map(roles.kept.map(({ name, head }) => [name, head]));
    const owner = (word: number) => roles.roleOf.get(survey.sleepers.get(word) ?? -1);
    this.#facts = { splitReplies: like.splitReplies, sizeClasses: like.sizeClasses, owner };
    for (const { name } of roles.kept) this.stats.set(name, new RoleStats());
  }

  take(call: Call): void {
    const turn = this.#conversations.take(call);
    const role = this.#roles.roleOf.get(call.tid);
    if (role === undefined || call.partial) return;
    if (call.enter < this.#survey.start || call.exit > this.#survey.end) return;
    const size = sizeOf(call);
    const id = siteOf(call, turn, size, this.#facts);
    const stats = this.stats.get(role) as RoleStats;
    this.#observe(stats, id, call, turn, size);
    this.#order(stats, id, call.tid, this.#startsAt(call, turn, role));
  }

  #startsAt(call: Call, turn: Turn, role: string): boolean {
    const head = this.#heads.get(role);
    return head === '' ? !this.#open.has(call.tid) : coarseSite(call, turn) === head;
  }

  #observe(stats: RoleStats, id: string, call: Call, turn: Turn, size: number): void {
    let site = stats.sites.get(id);
    if (site === undefined) {
      site = new SiteStats(id, call.name, turn);
      stats.sites.set(id, site);
    }
    site.add(call, shapeOf(call.name).size === undefined ? -1 : size, this.#survey.capture.tool === 'perf');
    const names = call.woken.map(({ tid, comm }) => wokenRole(tid, comm, this.#survey, this.#roles));
    for (const name of new Set(names)) {
      if (name !== undefined) site.wakes.set(name, (site.wakes.get(name) ?? 0) + 1);
    }
  }

  /**
   * Ends what is open: a thread of a short-lived role hands over to the next one, which starts where it did. So does one that was made while
   * the capture ran, and every thread of a trace that is modelled whole, so that each site is left as often as it is reached.
   */
  finish(): void {
    for (const [tid, last] of this.#last) {
      const role = this.#roles.roleOf.get(tid) ?? '';
      const stats = this.stats.get(role);
      const sites = this.#open.get(tid);
      const isShort = this.#heads.get(role) === '';
      const begins = isShort ? sites?.[0] : this.#first.get(tid);
      const isClosed = isShort || this.#survey.born.has(tid) || this.#survey.requests === 0;
      if (stats === undefined || !isClosed || begins === undefined) continue;
      if (sites !== undefined) stats.sequence(sites);
      stats.follow(last, begins);
    }
  }

  #order(stats: RoleStats, id: string, tid: number, starts: boolean): void {
    const previous = this.#last.get(tid);
    if (previous !== undefined) stats.follow(previous, id);
    else this.#first.set(tid, id);
    this.#last.set(tid, id);
    if (starts) {
      const done = this.#open.get(tid);
      if (done !== undefined) stats.sequence(done);
      this.#open.set(tid, [id]);
    } else this.#open.get(tid)?.push(id);
  }
}

/**
 * Reads a capture once more and collects, per role, call sites, their order and the sequences between waits.
 * `like` is the survey whose naming of sites is used, so that two captures of one server can be compared.
 */
export async function gather(survey: Survey, roles: RoleTable, like: Survey): Promise<Map<string, RoleStats>> {
  const gatherer = new Gatherer(survey, roles, like);
  for await (const calls of survey.capture.calls(new Problems())) for (const call of calls) gatherer.take(call);
  gatherer.finish();
  return gatherer.stats;
}
