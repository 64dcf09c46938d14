import { EachCall } from './each.ts';
import { InsideCalls } from './inside.ts';
import { PolledCalls } from './polled.ts';
import { RingCalls } from './ring.ts';
import type { CallService, ServiceContext, ServiceSpec } from './service.ts';

const SERVICES: {
  readonly [Kind in ServiceSpec['kind']]: (
    context: ServiceContext,
    spec: Extract<ServiceSpec, { kind: Kind }>,
  ) => CallService;
} = {
  each: (context) => new EachCall(context),
  ring: (context, spec) => new RingCalls(context, spec),
  polled: (context, spec) => new PolledCalls(context, spec),
  inside: (context, spec) => new InsideCalls(context, spec),
};

/** The service that a policy asks for. */
export function makeService<Kind extends ServiceSpec['kind']>(
  context: ServiceContext,
  spec: Extract<ServiceSpec, { kind: Kind }>,
): CallService {
  return SERVICES[spec.kind](context, spec);
}
