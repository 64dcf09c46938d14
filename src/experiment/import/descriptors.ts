import type { FdKind } from '../../workloads/recorded/model.ts';
import type { Call } from './call.ts';
import { Families } from './families.ts';
import { descriptorOf, shapeOf } from './shapes.ts';

/** Signals between threads are single small words (pipe byte, eventfd counter) [bytes]. */
const LARGEST_SIGNAL = 8;

/** strace -y annotations that name a kind. */
const HINTS: readonly (readonly [RegExp, FdKind])[] = [
  [/^(TCP|TCPv6|UNIX|socket)\b/, 'socket'],
  [/eventpoll/, 'epoll'],
  [/eventfd|^pipe:/, 'wakeup'],
  [/timerfd/, 'timer'],
  [/^\//, 'file'],
];

/** What a process did with one open descriptor. */
interface Evidence {
  made: FdKind | undefined;
  implied: FdKind | undefined;
  reads: number;
  writes: number;
  largest: number;
  wokeOwn: boolean;
}

/**
 * Follows descriptors through a capture. A number is reused after close, so a descriptor is (number, life);
 * calls must be given in order of completion, and `advance` gives the same lives on every pass.
 */
export class Lives {
  readonly #life = new Map<string | number, number>();
  readonly #families = new Families();

  /** Key of the descriptor that a number stands for now, in the process of a thread. */
  key(fd: number, tid: number): string {
    const place = this.#place(fd, tid);
    return `${place}#${this.#life.get(place) ?? 0}`;
  }

  /** Moves on after a completed call: a new descriptor begins a life, a close ends one. */
  advance(call: Call): void {
    if (call.result < 0) return;
    this.#families.learn(call);
    if (shapeOf(call.name).makes !== undefined) this.#renew(this.#place(call.result, call.tid));
    else if (call.name === 'close') this.#renew(this.#place(descriptorOf(call), call.tid));
  }

  #renew(place: string | number): void {
    this.#life.set(place, (this.#life.get(place) ?? 0) + 1);
  }

  /** The number alone in the first process, with the table's number in others. */
  #place(fd: number, tid: number): string | number {
    const table = this.#families.tableOf(tid);
    return table === 0 ? fd : `${table}:${fd}`;
  }
}

/** First pass: collects what every descriptor was used for. */
export class DescriptorSurvey {
  readonly #lives = new Lives();
  readonly #evidence = new Map<string, Evidence>();

  note(call: Call, own: ReadonlyMap<number, unknown>): void {
    const fd = descriptorOf(call);
    if (fd >= 0) this.#use(this.#of(this.#lives.key(fd, call.tid)), call, own);
    this.#lives.advance(call);
    const { makes } = shapeOf(call.name);
    if (makes !== undefined && call.result >= 0) this.#of(this.#lives.key(call.result, call.tid)).made = makes;
  }

  /** Kind of every descriptor seen. */
  kinds(): Map<string, FdKind> {
    const kinds = new Map<string, FdKind>();
    for (const [key, evidence] of this.#evidence) kinds.set(key, kindOf(evidence));
    return kinds;
  }

  #use(evidence: Evidence, call: Call, own: ReadonlyMap<number, unknown>): void {
    const { implies, moves } = shapeOf(call.name);
    evidence.implied ??= implies ?? HINTS.find(([pattern]) => pattern.test(call.hint))?.[1];
    if (moves === undefined || call.result <= 0) return;
    if (moves === 'in') evidence.reads++;
    else evidence.writes++;
    evidence.largest = Math.max(evidence.largest, call.result);
    if (moves === 'out' && call.woken.some(({ tid }) => own.has(tid))) evidence.wokeOwn = true;
  }

  #of(key: string): Evidence {
    let evidence = this.#evidence.get(key);
    if (evidence === undefined) {
      evidence = { made: undefined, implied: undefined, reads: 0, writes: 0, largest: 0, wokeOwn: false };
      this.#evidence.set(key, evidence);
    }
    return evidence;
  }
}

/** Creation and telling calls first; else by direction and size of what went through. */
function kindOf({ made, implied, reads, writes, largest, wokeOwn }: Evidence): FdKind {
  if (made === 'upstream' && implied === 'listen') return 'listen';
  const told = made ?? implied;
  if (told === 'file') return reads === 0 && writes > 0 ? 'log' : 'file';
  if (told !== undefined) return told;
  if (largest > 0 && largest <= LARGEST_SIGNAL && (wokeOwn || (reads > 0 && writes > 0))) return 'wakeup';
  if (reads > 0 && writes > 0) return 'socket';
  if (writes > 0) return 'log';
  return reads > 0 ? 'file' : 'other';
}
