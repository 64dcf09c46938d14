/** Studies in `experiments/` that show a workload at work; those of the servers bear their names. */
const EXAMPLES: Readonly<Record<string, string>> = {
  'java-http': 'java-http',
  'java-nio': 'quickstart',
  'java-mixed': 'mixed',
  'java-compute': 'compute-only',
  'call-graph': 'break-even',
  'java-managed': 'managed',
  'java-managed-compute': 'managed-compute',
  'dotnet-managed': 'dotnet',
  'jit-publish': 'jit-publish',
  'java-http-managed': 'http-managed',
  corunner: 'preemption',
  micro: 'micro/calls',
};

/** The worked example of a workload that ringsim has: a study's file, from the root of ringsim. */
export function exampleOfWorkload(name: string): string {
  return `experiments/${EXAMPLES[name] ?? `servers/${name}`}.yaml`;
}
