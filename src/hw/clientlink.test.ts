import { describe, expect, it } from 'vitest';
import { ClientLink } from './clientlink.ts';

const WINDOW = 131_072;

describe('what clients send', () => {
  it('is held back beyond 128 KiB that the server has not read, all that comes behind it too, and follows as it reads', () => {
    const link = new ClientLink();
    expect([link.admit(0, 100_000), link.admit(0, 50_000), link.admit(0, 1)]).toEqual([100_000, WINDOW - 100_000, 0]);

    expect(link.open(0, 1000)).toBe(1000);
    expect(link.open(0, 100_000)).toBe(50_001 - (WINDOW - 100_000) - 1000);
    expect(link.open(0, 10)).toBe(0);
    expect(link.admit(1, WINDOW)).toBe(WINDOW);
  });

  it('is forgotten at the end of a connection, so that the next one begins with a whole window', () => {
    const link = new ClientLink();
    link.admit(0, 2 * WINDOW);
    link.end(0);

    expect(link.admit(0, WINDOW)).toBe(WINDOW);
  });
});

describe('what clients read', () => {
  it('is read at once unless they are told how fast they read', () => {
    expect(new ClientLink().read(0, 1e6, 500)).toBe(500);
  });

  it('takes 4 cycles a byte, one message of a connection after the other, beside those of others', () => {
    const link = new ClientLink();
    link.receiver = { windowBytes: 1000, byteCycles: 4 };

    expect([link.read(0, 100, 1000), link.read(0, 10, 1000), link.read(1, 10, 1000)]).toEqual([1400, 1440, 1040]);
    expect(link.read(0, 1, 5000)).toBe(5004);
  });

  it('is read at once on connections behind those of the clients: the third of two', () => {
    const link = new ClientLink();
    link.receiver = { windowBytes: 1000, byteCycles: 4, connections: 2 };

    expect([link.read(1, 100, 0), link.read(2, 100, 0)]).toEqual([400, 0]);
  });
});
