import { EACCES, Op } from '../../kernel/abi.ts';
import { LINES_PER_PAGE } from '../../sim/units.ts';
import type { Counters } from './counters.ts';
import type { RuntimeThread } from './runtimethread.ts';

/** Where code of a method lies, in lines, and the pages that are its alone: none where methods share pages. */
export interface CodePlace {
  readonly line: number;
  readonly lines: number;
  readonly pages: number;
}

/** How code gets to its pages without trust: written in place (HotSpot), or with pages that are writable or executable (.NET since 7). */
export const PROTECTIONS = ['rwx', 'mprotect'] as const;

/** Pages by which a code cache grows. HotSpot grows by 64 KiB (CodeCacheExpansionSize). */
const SEGMENT_PAGES = 16;
/** A prime: lines between the places of successive methods in their pages. */
const COLOUR = 13;
/** Work of the trusted installer around a publication. Assumed. */
const INSTALL_INSTRUCTIONS = 500;

/**
 * Pages of compiled code, which grow as methods come. Where trust goes by pages, code is written to pages of its own and published by a trusted
 * installer, as a published page may not be written again; elsewhere methods lie close together.
 */
export class CodeCache {
  readonly #counters: Counters;
  readonly #protects: boolean;
  /** Whether the kernel trusts by page; known once a thread has asked. */
  #isPublished: boolean | undefined = undefined;
  /** Next free line and the one after the last of the segment in use. */
  #next = 0;
  #end = 0;
  /** Methods that got pages of their own. */
  #installed = 0;
  /** Runs of pages that were given back, by their number. */
  readonly #free = new Map<number, number[]>();

  constructor(counters: Counters, protection: (typeof PROTECTIONS)[number]) {
    this.#counters = counters;
    this.#protects = protection === 'mprotect';
  }

  /** Writes code of so many lines to the cache; where it can be executed from. */
  *install(thread: RuntimeThread, lines: number): Generator<void, CodePlace, number> {
    this.#isPublished ??= yield* isTrustByPage(thread);
    return this.#isPublished ? yield* this.#publish(thread, lines) : yield* this.#write(thread, lines);
  }

  /** Takes code back that nobody enters any more. Pages that a thread may return into stay: the next release does not try them again. */
  *release(thread: RuntimeThread, place: CodePlace): Generator<void, void, number> {
    if (place.pages === 0) return;
    const page = Math.floor(place.line / LINES_PER_PAGE);
    const result = yield* callInstaller(thread, 'unpublish', page, place.pages);
    if (result === 0) this.#keep(page, place.pages);
    else this.#counters.add('lostPages', place.pages);
  }

  #keep(page: number, pages: number): void {
    const free = this.#free.get(pages);
    if (free === undefined) this.#free.set(pages, [page]);
    else free.push(page);
  }

  *#publish(thread: RuntimeThread, lines: number): Generator<void, CodePlace, number> {
    const pages = Math.ceil(lines / LINES_PER_PAGE);
    const page =
      this.#free.get(pages)?.pop() ?? (yield* this.#reserve(thread, pages * LINES_PER_PAGE)) / LINES_PER_PAGE;
    const line = page * LINES_PER_PAGE + this.#colour(pages * LINES_PER_PAGE - lines);
    thread.store(line, lines);
    const result = yield* callInstaller(thread, 'publish', page, pages);
    this.#counters.add(result === 0 ? 'publishedPages' : 'refusedPages', pages);
    return { line, lines, pages: result === 0 ? pages : 0 };
  }

  /** Lines that code is moved in its pages, so that methods which begin a page do not share the sets of caches. */
  #colour(room: number): number {
    this.#installed++;
    return (this.#installed * COLOUR) % (room + 1);
  }

  *#write(thread: RuntimeThread, lines: number): Generator<void, CodePlace, number> {
    const line = yield* this.#reserve(thread, lines);
    const first = Math.floor(line / LINES_PER_PAGE);
    const pages = Math.floor((line + lines - 1) / LINES_PER_PAGE) - first + 1;
    if (this.#protects) yield* thread.call('mprotect', first, pages, 1);
    thread.store(line, lines);
    if (this.#protects) yield* thread.call('mprotect', first, pages, 0);
    return { line, lines, pages: 0 };
  }

  /** Lines of the segment in use, or of a new one if they do not fit; whole pages begin at a page. */
  *#reserve(thread: RuntimeThread, lines: number): Generator<void, number, number> {
    if (this.#next + lines > this.#end) {
      const pages = Math.max(SEGMENT_PAGES, Math.ceil(lines / LINES_PER_PAGE));
      this.#next = (yield* thread.call('mmap', pages)) * LINES_PER_PAGE;
      this.#end = this.#next + pages * LINES_PER_PAGE;
      this.#counters.add('codePages', pages);
    }
    const line = this.#next;
    this.#next += lines;
    return line;
  }
}

/** Whether the kernel trusts pages and not processes: it refuses native code for where it lies (EACCES), and not for want of a right (EPERM). */
function* isTrustByPage(thread: RuntimeThread): Generator<void, boolean, number> {
  const result = yield* thread.call('syskernelmode', 1);
  if (result === 0) yield* thread.call('syskernelmode', 0);
  return result === -EACCES;
}

/** The trusted code that asks for trust: a verified function, which enters kernel mode where it may. */
function* callInstaller(
  thread: RuntimeThread,
  name: 'publish' | 'unpublish',
  page: number,
  pages: number,
): Generator<void, number, number> {
  const { stream } = thread.env;
  stream.push(Op.Call, thread.env.functionOf('installer'), 0, 0);
  stream.push(Op.Execute, thread.env.lineOf('stubs'), 1, INSTALL_INSTRUCTIONS);
  const result = yield* thread.call(name, page, pages);
  stream.push(Op.Return, 0, 0, 0);
  yield;
  return result;
}
