import type { Workload } from '../workload.ts';
import { cassandraMix } from './cassandramix.ts';
import { eventLoop } from './eventloop.ts';
import { kafkaLog } from './kafkalog.ts';
import { memcached } from './memcached.ts';
import { nginx } from './nginx.ts';
import { onRuntime } from './parts/onruntime.ts';
import { redis } from './redis.ts';
import { threadPerRequest } from './threadperrequest.ts';
import { tomcatPool } from './tomcatpool.ts';
import { virtualThreads } from './virtualthreads.ts';

const managed: readonly Workload[] = [threadPerRequest, eventLoop, virtualThreads, tomcatPool, kafkaLog, cassandraMix];
const native: readonly Workload[] = [redis, nginx, memcached];

/** All servers of this room by name. A new server is one file and its place in a list here. */
export const servers: Readonly<Record<string, Workload>> = Object.fromEntries(
  [...managed.map(onRuntime), ...native].map((server) => [server.name, server]),
);
