import { javaCompute } from '../javacompute.ts';
import { javaMixed } from '../javanio.ts';
import type { ParamSpec, ParamValue, Workload } from '../workload.ts';
import { MANAGED_PARAMS } from './params.ts';
import { hostManaged } from './runtime.ts';

/** A workload on the managed runtime, with its own defaults for some parameters. */
function managed(name: string, doc: string, inner: Workload, defaults: Readonly<Record<string, ParamValue>>): Workload {
  const specs: Record<string, ParamSpec> = { ...inner.params, ...MANAGED_PARAMS };
  const params = Object.fromEntries(
    Object.entries(specs).map(([key, spec]) => [key, key in defaults ? { ...spec, default: defaults[key] } : spec]),
  );
  return { name, doc, params, build: (context, values) => hostManaged(context, values, inner.build(context, values)) };
}

/** The recorded event-loop server on a Java runtime. */
export const javaManaged = managed(
  'java-managed',
  'The recorded event-loop server on a managed runtime: allocation, collections, safepoints',
  javaMixed,
  { jniCalls: 0 },
);

/** Threads that compute and allocate on a Java runtime, and make no system calls of their own. */
export const javaManagedCompute = managed(
  'java-managed-compute',
  'Compute-bound threads on a managed runtime: allocation, collections, safepoints, no system calls of their own',
  javaCompute,
  {},
);
