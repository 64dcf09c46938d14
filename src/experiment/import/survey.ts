import type { FdKind } from '../../workloads/recorded/model.ts';
import type { Call, Capture } from './call.ts';
import { Conversations, type Turn } from './conversations.ts';
import { DescriptorSurvey } from './descriptors.ts';
import { makesThread } from './families.ts';
import { Problems } from './problems.ts';
import { isPoll, operationOf, shapeOf, sizeOf } from './shapes.ts';
import { coarseSite, waitsForWork } from './sites.ts';

/** Futex words remembered; further ones count as never slept on. */
const MOST_WORDS = 65536;
/** A call site has size classes if it asks for at most this many sizes, each in this share of its calls. */
const MOST_SIZES = 4;
const SMALLEST_CLASS = 0.05;
/** Replies count as split when this share of them has a second part. */
const SPLIT_SHARE = 0.05;

/** What one thread did from the first request on. */
export interface ThreadProfile {
  calls: number;
  /** Requests it began to read. */
  requests: number;
  polls: boolean;
  readonly coarse: Map<string, number>;
  /** Time asleep by coarse site where threads wait for work [ns]; under strace, time in the call. */
  readonly waited: Map<string, number>;
  /** Futex wake-ups by the thread that sleeps on the word. */
  readonly wakes: Map<number, number>;
}

/** Facts about one capture that need all of it. */
export interface Survey {
  readonly capture: Capture;
  readonly problems: Problems;
  readonly kinds: ReadonlyMap<string, FdKind>;
  readonly comms: ReadonlyMap<number, string>;
  /** Thread that slept most often on a futex word. */
  readonly sleepers: ReadonlyMap<number, number>;
  /** Threads and processes that were made while the capture ran. */
  readonly born: ReadonlySet<number>;
  readonly threads: ReadonlyMap<number, ThreadProfile>;
  readonly calls: number;
  /** Requests that were answered; 0 when none was seen on a socket, then the whole trace counts. */
  readonly requests: number;
  /** From the first request's read to the last reply's write [ns]. */
  readonly start: number;
  readonly end: number;
  readonly requestBytes: number;
  readonly replyBytes: number;
  readonly splitReplies: boolean;
  readonly sizeClasses: ReadonlySet<string>;
}

function count<K>(counts: Map<K, number>, key: K, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function mostFrequent(counts: ReadonlyMap<number, number>): number {
  let best = -1;
  for (const [key, n] of counts) if (n > (counts.get(best) ?? 0)) best = key;
  return best;
}

/** What the first pass finds. */
interface FirstPass {
  readonly kinds: ReadonlyMap<string, FdKind>;
  readonly sleepers: ReadonlyMap<number, number>;
  readonly born: ReadonlySet<number>;
}

/** First pass: descriptors, and who sleeps on which futex word. */
async function survey1(capture: Capture, problems: Problems, comms: Map<number, string>): Promise<FirstPass> {
  const descriptors = new DescriptorSurvey();
  const own = new Map<number, number>();
  const words = new Map<number, Map<number, number>>();
  const born = new Set<number>();
  const take = (call: Call): void => {
    count(own, call.tid);
    if (makesThread(call)) born.add(call.result);
    descriptors.note(call, own);
    if (call.name !== 'futex' || !operationOf(call).startsWith('wait')) return;
    const word = call.args[0];
    if (!words.has(word) && words.size < MOST_WORDS) words.set(word, new Map());
    const sleepers = words.get(word);
    if (sleepers !== undefined) count(sleepers, call.tid);
  };
  for await (const calls of capture.calls(problems, comms)) for (const call of calls) take(call);
  const sleepers = new Map([...words].map(([word, tids]) => [word, mostFrequent(tids)]));
  return { kinds: descriptors.kinds(), sleepers, born };
}

/** Second pass: what every thread does, and the requests. */
class Profiler {
  readonly threads = new Map<number, ThreadProfile>();
  readonly sizes = new Map<string, Map<number, number>>();
  calls = 0;
  begun = 0;
  start = Infinity;
  end = -Infinity;
  received = 0;
  sent = 0;
  firstParts = 0;
  laterParts = 0;
  readonly #conversations: Conversations;
  readonly #sleepers: ReadonlyMap<number, number>;
  readonly #durations: boolean;
  readonly #isWhole: boolean;

  constructor({ kinds, sleepers }: FirstPass, durations: boolean, isWhole: boolean) {
    this.#conversations = new Conversations(kinds);
    this.#sleepers = sleepers;
    this.#durations = durations;
    this.#isWhole = isWhole;
  }

  take(call: Call): void {
    const turn = this.#conversations.take(call);
    const coarse = coarseSite(call, turn);
    this.calls++;
    if (turn.kind === 'socket' && call.result > 0) this.#exchange(call, turn);
    this.#thread(call, turn, coarse);
    this.#size(call, turn, coarse);
  }

  #thread(call: Call, turn: Turn, coarse: string): void {
    const thread = this.#of(call.tid);
    thread.calls++;
    if (isPoll(call.name)) thread.polls = true;
    if (turn.beginsRequest) thread.requests++;
    count(thread.coarse, coarse);
    if ((this.#durations || call.slept) && waitsForWork(call, turn))
      count(thread.waited, coarse, call.exit - call.enter);
    if (coarse !== 'futex:wake' || call.result <= 0) return;
    const sleeper = this.#sleepers.get(call.args[0]);
    if (sleeper !== undefined) count(thread.wakes, sleeper);
  }

  #exchange(call: Call, turn: Turn): void {
    const { moves } = shapeOf(call.name);
    if (turn.beginsRequest) {
      this.begun++;
      // What precedes the first request is start-up.
      if (this.begun === 1 && !this.#isWhole) this.#forget();
      this.start = Math.min(this.start, call.enter);
    }
    if (moves === 'in') this.received += call.result;
    if (moves !== 'out') return;
    this.sent += call.result;
    this.end = Math.max(this.end, call.exit);
    if (turn.part === 0) this.firstParts++;
    else if (turn.part === 1) this.laterParts++;
  }

  #forget(): void {
    this.threads.clear();
    this.sizes.clear();
  }

  #size(call: Call, turn: Turn, coarse: string): void {
    const size = sizeOf(call);
    if (size < 0 || shapeOf(call.name).moves === undefined) return;
    const key = `${coarse}#${turn.part}`;
    if (!this.sizes.has(key)) this.sizes.set(key, new Map());
    const sizes = this.sizes.get(key) as Map<number, number>;
    // One size beyond the limit is enough to know that these are no classes.
    if (sizes.has(size) || sizes.size <= MOST_SIZES) count(sizes, size);
  }

  #of(tid: number): ThreadProfile {
    let thread = this.threads.get(tid);
    if (thread === undefined) {
      thread = { calls: 0, requests: 0, polls: false, coarse: new Map(), waited: new Map(), wakes: new Map() };
      this.threads.set(tid, thread);
    }
    return thread;
  }
}

/** Sites that ask for two to four constant sizes: different purposes at the same kind of descriptor. */
function sizeClasses(sizes: ReadonlyMap<string, ReadonlyMap<number, number>>, split: boolean): Set<string> {
  const classes = new Set<string>();
  for (const [key, counts] of sizes) {
    const [coarse, part] = key.split('#') as [string, string];
    const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
    const common = [...counts.values()].filter((n) => n >= SMALLEST_CLASS * total).length;
    const suffix = split && coarse.includes(':socket') && shapeOf(coarse.split(':')[0]).moves === 'out';
    const name = suffix ? coarse + (part === '0' ? ':header' : ':body') : coarse;
    if (common >= 2 && common === counts.size && counts.size <= MOST_SIZES) classes.add(name);
  }
  return classes;
}

async function profile(capture: Capture, first: FirstPass, isWhole: boolean): Promise<Profiler> {
  const profiler = new Profiler(first, capture.tool === 'strace', isWhole);
  for await (const calls of capture.calls(new Problems())) for (const call of calls) profiler.take(call);
  return profiler;
}

/** Reads a capture twice, a third time when it answers no request, and reports what its descriptors, threads and requests are. */
export async function surveyCapture(capture: Capture): Promise<Survey> {
  const problems = new Problems();
  const comms = new Map<number, string>();
  const first = await survey1(capture, problems, comms);
  const { kinds, sleepers, born } = first;
  const served = await profile(capture, first, false);
  const isWhole = served.firstParts === 0;
  // Where requests were read and none was answered, start-up has been left out and is wanted after all.
  const profiler = isWhole && served.begun > 0 ? await profile(capture, first, true) : served;
  const { threads, calls, begun, start, end, received, sent, firstParts, laterParts, sizes } = profiler;
  const splitReplies = laterParts > SPLIT_SHARE * firstParts;
  return {
    capture,
    problems,
    kinds,
    comms,
    sleepers,
    born,
    threads,
    calls,
    requests: firstParts,
    start: isWhole ? -Infinity : start,
    end: isWhole ? Infinity : end,
    requestBytes: begun === 0 ? 0 : received / begun,
    replyBytes: firstParts === 0 ? 0 : sent / firstParts,
    splitReplies,
    sizeClasses: sizeClasses(sizes, splitReplies),
  };
}
