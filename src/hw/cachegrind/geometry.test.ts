import { describe, expect, it } from 'vitest';
import { checkGeometry, parseCache, type CacheGeometry } from './geometry.ts';

const L1 = cache('32768,8,64');
const LL = cache('33554432,16,64');

function cache(text: string): CacheGeometry {
  return parseCache(text)!;
}

/** Messages for an I1 cache beside two good ones. */
function faultsOf(text: string, registerBytes?: number): string[] {
  return checkGeometry({ i1: cache(text), d1: L1, ll: LL }, registerBytes).map(
    ({ path, message }) => `${path} ${message}`,
  );
}

describe('the caches that cachegrind accepts', () => {
  it('takes three ways, one set, one way, lines of 8 KiB and 1 GiB', () => {
    expect(
      ['96,3,32', '49152,12,64', '64,1,32', '65536,8,8192', '1073741824,1,64'].flatMap((text) => faultsOf(text)),
    ).toEqual([]);
  });

  it.each([
    ['32768,5,64', ['--i1 Cache set count is not a power of two']],
    ['24576,1,64', ['--i1 Cache set count is not a power of two']],
    ['64,1,64', ['--i1 Cache size <= line size']],
    ['192,1,64', ['--i1 Cache set count is not a power of two']],
    ['6144,1,96', ['--i1 Cache line size is not a power of two']],
    ['128,4,64', ['--i1 Cache set count is not a power of two', '--i1 Cache associativity > (size / line size)']],
  ])('refuses %s with all its faults in the words of cachegrind', (text, faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });

  it('refuses parameters above 2^31 - 1', () => {
    expect(faultsOf('4294967296,1,64')[0]).toBe('--i1 One of the cache parameters was too large and overflowed');
  });

  it('refuses lines below 32 bytes for a program with AVX registers, and below 16 for any', () => {
    const message = 'the minimum line size (16) must be equal to or larger than the maximum register size';
    expect(faultsOf('1024,2,16')).toEqual([`--i1 --d1 --ll ${message} (32)`]);
    expect(faultsOf('1024,2,16', 16)).toEqual([]);
    expect(faultsOf('1024,2,8', 16)).toEqual(['--i1 Cache line size is too small']);
  });

  it('lists the faults of all three caches at once, with the values', () => {
    const problems = checkGeometry({ i1: cache('1000,2,64'), d1: cache('32,1,32'), ll: cache('3000000,16,64') });
    expect(problems.map(({ path, value }) => [path, value])).toEqual([
      ['--i1', '1000,2,64'],
      ['--d1', '32,1,32'],
      ['--ll', '3000000,16,64'],
    ]);
  });

  it('reads three decimal numbers and nothing else', () => {
    expect(parseCache('65536,2,64')).toEqual({ sizeBytes: 65536, ways: 2, lineBytes: 64 });
    expect(['64K,2,64', '65536,2', '65536,2,64,', '-1,2,64', '', ' 65536,2,64'].map(parseCache)).toEqual(
      Array.from({ length: 6 }),
    );
  });
});
