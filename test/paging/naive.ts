import type { MmapArgs } from '../../src/kernel/semantics/paging/mmap.ts';
import type { Outcome } from '../../src/kernel/semantics/paging/outcome.ts';
import { protName } from '../../src/kernel/semantics/paging/prot.ts';
import type { Step } from './steps.ts';

/** One page on its own: nothing is a range, nothing merges or splits. */
interface NaivePage {
  prot: string;
  readonly shared: boolean;
  readonly obj: string;
  readonly index: number;
  copy: number | null;
}

type Pages = (NaivePage | null)[];

const ok: Outcome = { res: 'ok' };

/**
 * Memory as one array of independent pages for each process; the reference that the model of mappings is compared with. It knows mmap,
 * mprotect, munmap, dontneed, fork, the probes, system calls on user memory and forced access; objects keep their size.
 */
export class NaiveMemory {
  readonly #processes: Pages[] = [Array.from({ length: 8 }, () => null)];
  readonly #contents = new Map<string, number>();
  #anonymous = 0;

  constructor() {
    for (let k = 0; k < 4; k++) this.#contents.set(`memfd+${k}`, 0xa0 + k).set(`file+${k}`, 0xb0 + k);
  }

  /** Spelling of every page of a process, as in a recorded table. */
  table(p: number): string[] {
    return this.#pages(p).map((page) => {
      if (!page) return '-';
      const backing = page.obj.startsWith('shanon') ? 'shanon' : `${page.obj.replace('_ro', '')}+${page.index}`;
      return `${page.prot}${page.shared ? 's' : 'p'} ${page.obj === 'anon' ? 'anon' : backing}`;
    });
  }

  perform({ op, args }: Step): Outcome {
    const pages = this.#pages(args.p);
    const at = 'page' in args ? args.page : 0;
    const page = pages[at] ?? null;
    const range = 'n' in args ? Array.from({ length: args.n }, (_, k) => at + k) : [];
    if (op === 'mmap') return this.#mmap(pages, range, args);
    if (op === 'munmap') for (const k of range) pages[k] = null;
    if (op === 'fork') this.#processes[args.child] = pages.map((one) => (one ? { ...one } : null));
    if (op === 'mprotect') return this.#mprotect(pages, range, protName(args.prot));
    if (op === 'dontneed') return this.#dontneed(pages, range);
    if (op === 'read' || op === 'write' || op === 'exec')
      return this.#probe(page, op, 'value' in args ? args.value : 0);
    if (op === 'syswrite') return this.#orElse('EFAULT', this.#probe(page, 'read', 0));
    if (op === 'sysread') return this.#orElse('EFAULT', this.#probe(page, 'write', args.value));
    if (op === 'procmem_read') return this.#force(page, (found) => ({ res: 'ok', got: this.#load(found) }));
    if (op === 'procmem_write') return this.#forceWrite(page, args.value);
    return ok;
  }

  #pages(p: number): Pages {
    const pages = this.#processes[p];
    if (!pages) throw new Error(`no process ${p}`);
    return pages;
  }

  #mmap(pages: Pages, range: number[], { prot, shared, noReplace, obj, off }: MmapArgs): Outcome {
    if (noReplace && range.some((k) => pages[k])) return { res: 'EEXIST' };
    if (shared && obj === 'file_ro' && protName(prot)[1] === 'w') return { res: 'EACCES' };
    const named = obj === 'anon' && shared ? `shanon${this.#anonymous++}` : obj;
    range.forEach((k, index) => {
      pages[k] = { prot: protName(prot), shared, obj: named, index: obj === 'anon' ? index : off + index, copy: null };
    });
    return ok;
  }

  #mprotect(pages: Pages, range: number[], prot: string): Outcome {
    for (const k of range) {
      const page = pages[k];
      if (!page) return { res: 'ENOMEM' };
      if (page.shared && page.obj === 'file_ro' && prot[1] === 'w') return { res: 'EACCES' };
      page.prot = prot;
    }
    return ok;
  }

  #dontneed(pages: Pages, range: number[]): Outcome {
    for (const k of range) {
      const page = pages[k];
      if (page) page.copy = null;
    }
    return range.every((k) => pages[k]) ? ok : { res: 'ENOMEM' };
  }

  #probe(page: NaivePage | null, op: 'read' | 'write' | 'exec', value: number): Outcome {
    if (!page) return { res: 'SEGV_MAPERR' };
    if (page.prot === '---' || (op === 'write' && page.prot[1] !== 'w')) return { res: 'SEGV_ACCERR' };
    if (this.#isPastEnd(page)) return { res: 'SIGBUS' };
    if (op === 'exec') return page.prot[2] === 'x' ? ok : { res: 'SEGV_ACCERR' };
    return op === 'read' ? { res: 'ok', got: this.#load(page) } : this.#store(page, value);
  }

  #force(page: NaivePage | null, act: (found: NaivePage) => Outcome): Outcome {
    return page && !this.#isPastEnd(page) ? act(page) : { res: 'EIO' };
  }

  #forceWrite(page: NaivePage | null, value: number): Outcome {
    return this.#force(page, (found) => {
      return found.shared && found.prot[1] !== 'w' ? { res: 'EIO' } : this.#store(found, value);
    });
  }

  #orElse(res: 'EFAULT', outcome: Outcome): Outcome {
    return outcome.res === 'ok' ? outcome : { res };
  }

  #isPastEnd({ obj, index }: NaivePage): boolean {
    return !obj.includes('anon') && index >= 4;
  }

  #load({ obj, index, copy }: NaivePage): number {
    return copy ?? this.#contents.get(`${obj.replace('_ro', '')}+${index}`) ?? 0;
  }

  #store(page: NaivePage, value: number): Outcome {
    if (page.shared) this.#contents.set(`${page.obj.replace('_ro', '')}+${page.index}`, value);
    else page.copy = value;
    return ok;
  }
}
