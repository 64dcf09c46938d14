import type { Core } from '../hw/core.ts';
import { PageFlag } from '../hw/pagetable.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import type { AddressSpaces } from './addressspaces.ts';
import { spendCharge, type Charge, type CompiledPolicy } from './crossing.ts';
import type { Thread } from './thread.ts';

/**
 * How an event that finds the user's own code at CPL 0 comes to a stack. Without a change of level the processor pushes its frame where that code has
 * its stack, unless the interrupt stack table or a stack level of FRED says otherwise, as KSTK has it for every vector.
 */
export const STACK_VARIANTS = ['sameStack', 'interruptStack', 'fredSameStack', 'fredStackLevel'] as const;
/** Name of such a way. */
export type StackVariant = (typeof STACK_VARIANTS)[number];

/** The way of a machine with or without FRED under a policy with or without stacks of its own for events. */
export function stackVariant(hasFred: boolean, hasOwnStack: boolean): StackVariant {
  return STACK_VARIANTS[(hasFred ? 2 : 0) + (hasOwnStack ? 1 : 0)];
}

/** What the entry of events stands on. */
export interface EntryParts {
  readonly policy: CompiledPolicy;
  readonly spaces: AddressSpaces;
  readonly variant: StackVariant;
}

/**
 * Events that find the user's own code at CPL 0. A frame that cannot be pushed, as the stack is not mapped for writing, becomes a double fault
 * ("stack starvation" of Kernel Mode Linux, Documentation/kml.txt): its handler, on a stack of its own, maps the page and has the event delivered again.
 */
export class EventEntry {
  readonly #parts: EntryParts;
  readonly #ownsStack: boolean;
  readonly #stats: Float64Array;
  readonly #taken: number;
  readonly #cycles: number;
  readonly #doubleFaults: number;

  constructor(parts: EntryParts, stats: StatsRegistry) {
    const at = STACK_VARIANTS.indexOf(parts.variant);
    this.#parts = parts;
    this.#ownsStack = parts.variant === 'interruptStack' || parts.variant === 'fredStackLevel';
    this.#stats = stats.values;
    const where = 'that found user code at CPL 0, by how they came to a stack';
    this.#taken = at + stats.vector('kernel.events.taken', STACK_VARIANTS, 'count', `Interrupts and faults ${where}`);
    this.#cycles =
      at + stats.vector('kernel.events.cycles', STACK_VARIANTS, 'cycles', `Time to enter interrupts ${where}`);
    this.#doubleFaults = stats.counter(
      'kernel.events.doubleFaults',
      'count',
      'Events whose frame did not fit on the stack of user code at CPL 0, as it was not mapped',
    );
  }

  /** An interrupt enters. */
  interrupt(core: Core, thread: Thread): void {
    const before = core.now;
    spendCharge(core, this.#parts.policy.eventEnter[0]);
    this.#push(core, thread);
    this.#stats[this.#taken]++;
    this.#stats[this.#cycles] += core.now - before;
  }

  /** A fault enters, is handled as far as its price goes, and leaves; who calls maps the page or sends a signal. */
  fault(core: Core, thread: Thread, vpn: number, price: Charge): void {
    spendCharge(core, price);
    this.#stats[this.#taken]++;
    if (thread.isOnStack(vpn)) this.#starve(core);
    else this.#push(core, thread);
  }

  /** The frame goes to the page of the stack in use. */
  #push(core: Core, thread: Thread): void {
    const { process, stackVpn } = thread;
    const entry = process.table.entry(stackVpn);
    if (this.#ownsStack || (entry > 0 && (entry & PageFlag.Write) !== 0)) return;
    this.#starve(core);
    this.#parts.spaces.fault(core, process, stackVpn, true);
  }

  #starve(core: Core): void {
    if (this.#ownsStack) return;
    this.#stats[this.#doubleFaults]++;
    spendCharge(core, this.#parts.policy.doubleFault[0]);
  }
}
