import { javaCompute } from '../javacompute.ts';
import { javaHttp } from '../javahttp.ts';
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
const javaManaged = managed(
  'java-managed',
  'The recorded event-loop server on a Java runtime: allocation, collections, safepoints, JIT, JNI',
  javaMixed,
  { jniCalls: 0 },
);

/** Threads that compute and allocate on a Java runtime, and make no system calls of their own. */
const javaManagedCompute = managed(
  'java-managed-compute',
  'Compute-bound threads on a managed runtime: allocation, collections, safepoints, no system calls of their own',
  javaCompute,
  {},
);

/** The same server on a runtime as .NET has it. No .NET server was recorded: user work and system calls are those of the Java one. */
const dotnetManaged = managed(
  'dotnet-managed',
  'The event-loop server on a .NET runtime: server collector, threads stopped by signals, P/Invoke, code pages writable or executable',
  javaMixed,
  { jniCalls: 0, collector: 'parallel', safepoints: 'signal', nativeCall: 'pinvoke', codeProtection: 'mprotect' },
);

/** A program whose code is compiled all the time: many methods at first, then those that are sent back to the interpreter. */
const jitPublish = managed(
  'jit-publish',
  'A code generator: threads compute in methods that are compiled tier by tier and published where trust goes by page',
  javaCompute,
  { threads: 0, jit: 'tiered', methods: 64, allocBytes: 50 },
);

/** The recorded server with a pool of workers. */
const javaHttpManaged = managed('java-http-managed', `${javaHttp.doc}; on a managed runtime`, javaHttp, {});

/** Workloads on the managed runtime by name. */
export const managedWorkloads: Readonly<Record<string, Workload>> = Object.fromEntries(
  [javaManaged, javaManagedCompute, dotnetManaged, jitPublish, javaHttpManaged].map((workload) => [
    workload.name,
    workload,
  ]),
);
