import type { ThreadEnv } from '../../../kernel/abi.ts';
import type { RoleScript } from '../../server.ts';
import { QUERY_BYTES, ROW_BYTES, type Database } from './database.ts';
import { WorkQueue } from './queue.ts';

/** A pool of connections to a database, for threads that wait in the kernel: for a free connection, then for the rows. */
export class ConnectionPool {
  readonly #queries: number;
  readonly #free: WorkQueue<number>;

  /** `word`: a futex word. */
  constructor(database: Database, word: number) {
    this.#queries = database.queries;
    this.#free = new WorkQueue(word);
    this.#free.fill(database.descriptors);
  }

  /** The queries of one request. */
  *query(env: ThreadEnv, role: RoleScript): Generator<void, void, number> {
    for (let i = 0; i < this.#queries; i++) {
      const fd = yield* this.#free.take(env, role);
      role.step('query', 'write', fd, QUERY_BYTES);
      role.step('rows', 'read', fd, ROW_BYTES);
      role.workBefore('decode');
      yield;
      yield* this.#free.put(env, role, fd);
    }
  }
}
