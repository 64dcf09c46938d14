import type { BlockDevice, BlockRequest } from '../hw/blockdevice.ts';
import type { Core } from '../hw/core.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import { runPath, type KernelPath } from './path.ts';

/** Requests of one device: in it, and waiting for room in its queue. */
interface DeviceQueue {
  readonly device: BlockDevice;
  readonly waiting: BlockRequest[];
  started: number;
}

/** The block layer: keeps devices within the depth of their queues, and ends requests in the interrupt of their completion. */
export class BlockLayer {
  readonly #paths: { readonly blockSubmit: KernelPath; readonly blockComplete: KernelPath };
  readonly #queues: DeviceQueue[] = [];
  readonly #stats: Float64Array;
  readonly #queued: number;

  constructor(paths: { readonly blockSubmit: KernelPath; readonly blockComplete: KernelPath }, stats: StatsRegistry) {
    this.#paths = paths;
    this.#stats = stats.values;
    this.#queued = stats.counter(
      'kernel.block.queued',
      'count',
      'Requests that waited for room in the queue of a device',
    );
  }

  /** Hands a request to a device, now or when it has room. */
  submit(core: Core, device: BlockDevice, request: BlockRequest): void {
    if (request.isBare !== true) runPath(core, this.#paths.blockSubmit);
    const queue = this.#queueOf(device);
    if (queue.started < device.spec.depth) return start(queue, request, core);
    this.#stats[this.#queued]++;
    queue.waiting.push(request);
  }

  /** Ends what devices have completed for a core, from their interrupt. */
  complete(core: Core): void {
    for (const queue of this.#queues) {
      for (let request = queue.device.reap(core.id); request !== undefined; request = queue.device.reap(core.id)) {
        queue.started--;
        if (request.isBare !== true) runPath(core, this.#paths.blockComplete);
        request.done(core);
        const next = queue.started < queue.device.spec.depth ? queue.waiting.shift() : undefined;
        if (next !== undefined) start(queue, next, core);
      }
    }
  }

  #queueOf(device: BlockDevice): DeviceQueue {
    const known = this.#queues.find((queue) => queue.device === device);
    if (known !== undefined) return known;
    const queue = { device, waiting: [], started: 0 };
    this.#queues.push(queue);
    return queue;
  }
}

function start(queue: DeviceQueue, request: BlockRequest, core: Core): void {
  queue.started++;
  queue.device.start(request, core.now);
}
