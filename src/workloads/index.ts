import { callGraph } from './callgraph/callgraph.ts';
import { corunner } from './corunner.ts';
import { javaCompute } from './javacompute.ts';
import { javaHttp } from './javahttp.ts';
import { javaMixed, javaNio } from './javanio.ts';
import { managedWorkloads } from './managed/workloads.ts';
import { micro } from './micro/index.ts';
import { servers } from './servers/index.ts';
import type { Workload } from './workload.ts';

/** All workloads by name. A new workload is one file and one row here. */
export const workloads: Readonly<Record<string, Workload>> = {
  [javaHttp.name]: javaHttp,
  [javaNio.name]: javaNio,
  [javaMixed.name]: javaMixed,
  [javaCompute.name]: javaCompute,
  [callGraph.name]: callGraph,
  ...managedWorkloads,
  [corunner.name]: corunner,
  [micro.name]: micro,
  ...servers,
};
