import type { BuildContext, FileSpec, ProcessSpec, ThreadEnv, Traffic, Wire } from '../../../kernel/abi.ts';
import { exponential } from '../../../sim/distributions.ts';
import type { Rng } from '../../../sim/rng.ts';
import type { RoleScript } from '../../server.ts';
import type { Params, ParamSpec } from '../../workload.ts';
import { nativeProcess } from './process.ts';
import { choice, integer, number } from './spec.ts';
import { stated, type Work } from './stated.ts';

/** Parameters of the database behind a server. */
export const DATABASE_PARAMS = {
  databaseCalls: integer(0, [0, 1000], 'queries/request', 'Queries that a request makes, one after the other'),
  database: choice(
    ['unix', 'tcp', 'remote'],
    'Where the database is: behind AF_UNIX sockets or loopback TCP on the same machine, or behind the network device',
  ),
  databaseConnections: integer(10, [1, 128], 'count', 'Connections to the database; 10 is the default of HikariCP'),
  databaseInstructions: integer(
    50_000,
    [0, 1e8],
    'instructions/query',
    'Work of a database on the same machine for a query, some 20 us: an indexed read; assumed',
  ),
  databaseUs: number(
    300,
    [1, 1e6],
    'us',
    'Mean time, exponential, from query to rows of a remote database with its network; assumed, within a data centre',
  ),
} as const satisfies Record<string, ParamSpec>;

/** Work of a client library before its calls: binding, encoding, decoding. Assumed. */
export const DATABASE_WORK: Work = { query: 3000, rows: 1500, decode: 4000 };
/** Sizes of a query and of its rows in bytes. Assumed. */
export const QUERY_BYTES = 200;
/** Size of the rows of a query in bytes. Assumed. */
export const ROW_BYTES = 1000;
const SERVER_WORK: Work = { receive: 1000, answer: 1000 };

/** A database and the server's connections to it. */
export class Database {
  readonly queries: number;
  /** The server's ends of the connections, for descriptors from `first` on. */
  readonly files: readonly FileSpec[];
  readonly descriptors: readonly number[];
  readonly #context: BuildContext;
  readonly #params: Params;
  readonly #isRemote: boolean;

  /** `nonblocking`: how the server has its ends. Without queries there is no database. */
  constructor(context: BuildContext, params: Params, first: number, nonblocking: boolean) {
    this.queries = Number(params['databaseCalls']);
    this.#context = context;
    this.#params = params;
    const kind = String(params['database']);
    this.#isRemote = kind === 'remote';
    const ids = Array.from({ length: this.queries === 0 ? 0 : Number(params['databaseConnections']) }, (_, id) => id);
    const clients = Number(params['connections']);
    this.descriptors = ids.map((id) => first + id);
    this.files = ids.map((id): FileSpec => {
      if (this.#isRemote) return { kind: 'socket', connection: clients + id, nonblocking };
      return { kind: kind as 'unix' | 'tcp', id, end: 0, nonblocking };
    });
  }

  /** The process of a database on the same machine, a thread for each connection; it is native, and nobody trusts it. */
  get processes(): readonly ProcessSpec[] {
    if (this.#isRemote || this.queries === 0) return [];
    const kind = String(this.#params['database']) as 'unix' | 'tcp';
    const files = this.descriptors.map((_, id): FileSpec => ({ kind, id, end: 1 }));
    const work = stated({ ...SERVER_WORK, query: Number(this.#params['databaseInstructions']) });
    const actors = files.map((_, fd) => ({
      name: `backend${fd}`,
      work,
      run: (_env: ThreadEnv, role: RoleScript) => answer(role, fd),
    }));
    const { hostile: _, ...peaceful } = this.#context;
    const spec = nativeProcess(peaceful, actors, { files });
    return [{ ...spec, name: 'database', isTrusted: false }];
  }

  /** The clients, with the remote database on the connections behind theirs. */
  beside(clients: Traffic): Traffic {
    if (!this.#isRemote || this.queries === 0) return clients;
    const mean = this.#context.clock.cycles(Number(this.#params['databaseUs']) * 1000);
    return new WithDatabase(clients, this.descriptors.length, mean, this.#context.openStream('database'));
  }
}

function* answer(role: RoleScript, fd: number): Generator<void, void, number> {
  for (;;) {
    role.step('receive', 'read', fd, QUERY_BYTES);
    yield;
    role.workBefore('query');
    role.step('answer', 'write', fd, ROW_BYTES);
    yield;
  }
}

/** Timers of the database are told from those of the clients by this. */
const TIMER = 1 << 20;

/** A database behind the wire that answers each query after a while. */
class WithDatabase implements Traffic {
  readonly connections: number;
  readonly receiver: Traffic['receiver'];
  readonly #clients: Traffic;
  readonly #mean: number;
  readonly #rng: Rng;
  #wire: Wire | undefined = undefined;

  constructor(clients: Traffic, count: number, mean: number, rng: Rng) {
    this.#clients = clients;
    this.connections = clients.connections + count;
    this.receiver = clients.receiver && { ...clients.receiver, connections: clients.connections };
    this.#mean = mean;
    this.#rng = rng;
  }

  start(wire: Wire): void {
    this.#wire = wire;
    this.#clients.start(wire);
  }

  onReply(connection: number, bytes: number, now: number): void {
    if (connection < this.#clients.connections) return this.#clients.onReply(connection, bytes, now);
    this.#wire!.callAt(now + Math.round(exponential(this.#rng, this.#mean)), TIMER + connection);
  }

  onTimer(arg: number, now: number): void {
    if (arg < TIMER) return this.#clients.onTimer(arg, now);
    this.#wire!.send(now, arg - TIMER, ROW_BYTES);
  }
}
