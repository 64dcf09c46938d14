import type { Core } from '../../hw/core.ts';
import type { OpStream } from '../../hw/opstream.ts';
import { spendCharge, type CompiledPolicy } from '../crossing.ts';
import type { Thread } from '../thread.ts';
import { takeCall, type CallService, type ServiceContext } from './service.ts';

/** One synchronous entry for each call: the service of every stock kernel, and what the others are a difference from. */
export class EachCall implements CallService {
  protected readonly policy: CompiledPolicy;

  constructor({ policy }: ServiceContext) {
    this.policy = policy;
  }

  post(_core: Core, _thread: Thread, _stream: OpStream): boolean {
    return false;
  }

  enter(core: Core, thread: Thread, stream: OpStream): void {
    spendCharge(core, this.policy.syscallEnter[thread.cpl]);
    takeCall(thread, stream);
  }

  advance(_core: Core, _thread: Thread): boolean {
    return false;
  }

  stays(_core: Core, _thread: Thread): boolean {
    return false;
  }

  refill(_core: Core, _thread: Thread): boolean {
    return false;
  }
}
