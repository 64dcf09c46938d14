/**
 * Which changes of each address space the TLBs of a core have followed. Tagged entries outlive a switch to another process, and a shootdown asks only
 * the cores that have the space loaded; one that was away compares when it comes back. Source: Linux arch/x86/mm/tlb.c, tlb_gen of an mm and of the
 * contexts of each CPU.
 */
export class TlbGenerations {
  /** Changes of each space, by pid. */
  readonly #changes: number[] = [];
  /** How many of them each core has followed, by core and pid. */
  readonly #followed: readonly number[][];

  constructor(cores: number) {
    this.#followed = Array.from({ length: cores }, () => []);
  }

  /** Counts a change of a space that so many cores follow now. */
  advance(pid: number, cores: readonly number[]): void {
    const changes = (this.#changes[pid] ?? 0) + 1;
    this.#changes[pid] = changes;
    for (const core of cores) this.#followed[core][pid] = changes;
  }

  /** Whether a core that loads a space has missed changes of it, and so has to drop its entries, by which it follows again. */
  catchUp(core: number, pid: number): boolean {
    const changes = this.#changes[pid] ?? 0;
    if ((this.#followed[core][pid] ?? 0) === changes) return false;
    this.#followed[core][pid] = changes;
    return true;
  }
}
