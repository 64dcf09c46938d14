import type { Workload } from '../workload.ts';
import { cassandraMix } from './cassandramix.ts';
import { eventLoop } from './eventloop.ts';
import { kafkaLog } from './kafkalog.ts';
import { memcached } from './memcached.ts';
import { nginx } from './nginx.ts';
import { redis } from './redis.ts';
import { threadPerRequest } from './threadperrequest.ts';
import { tomcatPool } from './tomcatpool.ts';
import { virtualThreads } from './virtualthreads.ts';

/** All servers of this room by name. A new server is one file and one row here. */
export const servers: Readonly<Record<string, Workload>> = {
  [threadPerRequest.name]: threadPerRequest,
  [eventLoop.name]: eventLoop,
  [virtualThreads.name]: virtualThreads,
  [tomcatPool.name]: tomcatPool,
  [kafkaLog.name]: kafkaLog,
  [cassandraMix.name]: cassandraMix,
  [redis.name]: redis,
  [nginx.name]: nginx,
  [memcached.name]: memcached,
};
