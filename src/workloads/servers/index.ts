import type { Workload } from '../workload.ts';
import { eventLoop } from './eventloop.ts';
import { threadPerRequest } from './threadperrequest.ts';
import { tomcatPool } from './tomcatpool.ts';
import { virtualThreads } from './virtualthreads.ts';

/** All servers of this room by name. A new server is one file and one row here. */
export const servers: Readonly<Record<string, Workload>> = {
  [threadPerRequest.name]: threadPerRequest,
  [eventLoop.name]: eventLoop,
  [virtualThreads.name]: virtualThreads,
  [tomcatPool.name]: tomcatPool,
};
