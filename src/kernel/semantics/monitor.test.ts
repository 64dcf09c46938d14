import { expect, test } from 'vitest';
import { Errno } from './errno.ts';
import { Inv } from './invariants.ts';
import { SemanticsMonitor, operationCode } from './monitor.ts';

test('counts honoured and refused decisions by operation and errno, and violations by invariant', () => {
  const monitor = new SemanticsMonitor();
  const skm = operationCode('skm');
  monitor.decided(skm, Errno.OK);
  monitor.decided(skm, Errno.EACCES);
  monitor.decided(skm, Errno.EACCES);
  monitor.decided(operationCode('skj'), Errno.ESTALE);
  monitor.violated((1 << Inv.I1) | (1 << Inv.I27));
  monitor.violated(1 << Inv.I1);
  expect(monitor.counts()).toEqual({
    transitions: { skm: 1 },
    refused: { 'skm EACCES': 2, 'skj ESTALE': 1 },
    violations: { I1: 2, I27: 1 },
  });
  monitor.reset();
  expect(monitor.counts()).toEqual({ transitions: {}, refused: {}, violations: {} });
});
