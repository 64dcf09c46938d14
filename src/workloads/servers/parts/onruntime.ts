import { MANAGED_PARAMS as RUNTIME_PARAMS } from '../../managed/params.ts';
import { hostManaged } from '../../managed/runtime.ts';
import type { ParamSpec, Workload } from '../../workload.ts';

/** Without a runtime: threads of the server alone, as compiled code that never stops. */
const NONE = 'none';

const COLLECTOR: ParamSpec = {
  ...RUNTIME_PARAMS.collector,
  default: NONE,
  choices: [NONE, ...RUNTIME_PARAMS.collector.choices!],
  doc: `none: the server without a runtime around it; ${RUNTIME_PARAMS.collector.doc}`,
};

/** A managed server that a study may put on a managed runtime by naming a collector. Threads that it makes by clone stay outside of it. */
export function onRuntime(server: Workload): Workload {
  return {
    ...server,
    params: { ...server.params, ...RUNTIME_PARAMS, collector: COLLECTOR },
    build: (context, params) => {
      const application = server.build(context, params);
      return params['collector'] === NONE ? application : hostManaged(context, params, application);
    },
  };
}
