import { describe, expect, it } from 'vitest';
import type { BuildContext, Traffic, Wire } from '../../src/kernel/abi.ts';
import { Rank, type EventHandler } from '../../src/sim/engine.ts';
import { NativeEngine } from '../../src/sim/nativeengine.ts';
import { openStream } from '../../src/sim/rng.ts';
import { StatsRegistry } from '../../src/sim/stats.ts';
import { makeClock } from '../../src/sim/units.ts';
import { CLIENT_PARAMS, makeClients } from '../../src/workloads/clients.ts';
import type { Params } from '../../src/workloads/workload.ts';

const CLOCK = makeClock(1e9);
const SECOND = 1e9;
const EXCHANGE = { requestBytes: 100, replyBytes: 1000 };
const Kind = { Arrive: 0, Reply: 1, Timer: 2 } as const;

/** A single server of fixed service time behind a wire without delay; it answers in two messages. */
class IdealServer implements Wire, EventHandler {
  readonly name = 'idealServer';
  readonly engine = new NativeEngine();
  /** When each request left its client. */
  readonly sent: number[] = [];
  readonly #handler = this.engine.register(this);
  readonly #service: number;
  readonly #traffic: Traffic;
  #freeAt = 0;

  constructor(service: number, traffic: Traffic) {
    this.#service = service;
    this.#traffic = traffic;
    traffic.start(this);
  }

  send(time: number, connection: number): void {
    this.sent.push(time);
    this.engine.schedule(time, Rank.Arrival, this.#handler, Kind.Arrive, connection);
  }
  callAt(time: number, arg: number): void {
    this.engine.schedule(time, Rank.Arrival, this.#handler, Kind.Timer, arg);
  }

  onEvent(kind: number, arg: number, now: number): void {
    if (kind === Kind.Timer) return this.#traffic.onTimer(arg, now);
    if (kind === Kind.Reply) return this.#reply(arg, now);
    this.#freeAt = Math.max(this.#freeAt, now) + this.#service;
    this.engine.schedule(this.#freeAt, Rank.Arrival, this.#handler, Kind.Reply, arg);
  }

  #reply(connection: number, now: number): void {
    this.#traffic.onReply(connection, 400, now);
    this.#traffic.onReply(connection, EXCHANGE.replyBytes - 400, now);
  }
}

interface Load {
  readonly params: Params;
  /** Service time in cycles. */
  readonly service: number;
  readonly seconds: number;
}

/** Plays clients against the ideal server; returns when requests were sent and the latencies of the completed ones. */
function play({ params, service, seconds }: Load): {
  readonly sent: readonly number[];
  readonly latencies: readonly number[];
} {
  const latencies: number[] = [];
  const context: BuildContext = {
    clock: CLOCK,
    cores: 1,
    stats: new StatsRegistry(),
    openStream: (name) => openStream(1, 0, name),
    begin: () => {},
    complete: (latency) => latencies.push(latency),
  };
  const defaults = Object.fromEntries(Object.entries(CLIENT_PARAMS).map(([name, spec]) => [name, spec.default]));
  const server = new IdealServer(service, makeClients(context, { ...defaults, ...params }, EXCHANGE));
  server.engine.runUntil(seconds * SECOND);
  return { sent: server.sent, latencies };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Five standard errors of the mean of correlated values, from 40 batch means. */
function tolerance(values: readonly number[]): number {
  const size = Math.floor(values.length / 40);
  const means = Array.from({ length: 40 }, (_, i) => mean(values.slice(i * size, (i + 1) * size)));
  const variance = (mean(means.map((value) => value ** 2)) - mean(means) ** 2) * (40 / 39);
  return 5 * Math.sqrt(variance / 40);
}

const OPEN = { arrivals: 'open', ratePerSecond: 20_000, connections: 1024 };
const GAP = SECOND / OPEN.ratePerSecond;

describe('open-loop clients', () => {
  it('send 20000 requests a second as a Poisson process: 5 s give 100000 within 5 sigma, gaps have mean 50 us and the same deviation', () => {
    const { sent } = play({ params: OPEN, service: 10, seconds: 5 });
    const gaps = sent.slice(1).map((at, i) => at - sent[i]);
    const average = mean(gaps);
    const deviation = Math.sqrt(mean(gaps.map((gap) => (gap - average) ** 2)));

    expect(Math.abs(sent.length - 100_000)).toBeLessThan(5 * Math.sqrt(100_000));
    expect(Math.abs(average / GAP - 1)).toBeLessThan(5 / Math.sqrt(100_000));
    // The deviation of n exponential variates has a standard error of its mean over sqrt(n).
    expect(Math.abs(deviation / GAP - 1)).toBeLessThan(5 / Math.sqrt(100_000));
  });

  it('send at the same times whatever the server does, as long as connections are free', () => {
    const [fast, slow] = [10, GAP * 0.9].map((service) => play({ params: OPEN, service, seconds: 0.2 }).sent);

    expect(fast.length).toBeGreaterThan(3000);
    expect(slow).toEqual(fast);
  });

  it.each([1024, 1])(
    'see the latency of M/D/1 at 70 % load with %i connections, 1 + 0.7 / (2 x 0.3) services: it runs from the intended start',
    (connections) => {
      const service = 0.7 * GAP;
      const { latencies } = play({ params: { ...OPEN, connections }, service, seconds: 5 });

      const expected = service * (1 + 0.7 / (2 * 0.3));
      expect(Math.abs(mean(latencies) - expected)).toBeLessThan(tolerance(latencies));
      expect(tolerance(latencies) / expected).toBeLessThan(0.1);
    },
  );

  it('wait at the client for a free connection: overloaded twice, latency grows by half of the elapsed time', () => {
    const { latencies } = play({ params: { ...OPEN, connections: 4 }, service: 2 * GAP, seconds: 1 });

    // The k-th request starts service at 2 k gaps, having arrived at about k gaps.
    expect(Math.abs(latencies.at(-1)! / (SECOND / 2) - 1)).toBeLessThan(0.05);
  });
});

describe('closed-loop clients', () => {
  it('without think time keep the server busy: 5 connections, a latency of 5 services, one completion a service', () => {
    const { latencies } = play({ params: { arrivals: 'closed', connections: 5 }, service: 1000, seconds: 0.05 });

    expect(latencies.at(-1)).toBe(5 * 1000);
    // The last connection sends its first request after at most 200 us.
    expect(latencies.length).toBeGreaterThanOrEqual((0.05 * SECOND) / 1000 - 200);
    expect(latencies.length).toBeLessThanOrEqual((0.05 * SECOND) / 1000);
  });

  it('with a think time of 90 us and a service of 10 us complete a request every 100 us on one connection, within 5 sigma', () => {
    const params = { arrivals: 'closed', connections: 1, thinkUs: 90 };
    const { sent, latencies } = play({ params, service: 10_000, seconds: 2 });
    const cycles = sent.slice(1).map((at, i) => at - sent[i]);

    expect(new Set(latencies)).toEqual(new Set([10_000]));
    expect(Math.abs(mean(cycles) - 100_000)).toBeLessThan((5 * 90_000) / Math.sqrt(cycles.length));
  });

  it('have one request under way a connection: never more than 8 sent beyond those answered', () => {
    const { sent, latencies } = play({
      params: { arrivals: 'closed', connections: 8, thinkUs: 5 },
      service: 1000,
      seconds: 0.01,
    });

    expect(sent.length - latencies.length).toBeGreaterThanOrEqual(0);
    expect(sent.length - latencies.length).toBeLessThanOrEqual(8);
  });
});
