import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Errno } from '../errno.ts';
import { Capability, LAST_CAPABILITY } from './capability.ts';
import { combine, isSubset, without } from './capset.ts';
import { ambientInvariantHolds, initialCredentials } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import type { FileCapabilities } from './filecaps.ts';
import type { ExecutableFile } from './filemode.ts';
import { ID_CALLS } from './idcalls.ts';
import type { IdCallName } from './idcalls.ts';
import { applyOperation } from './operations.ts';
import type { Operation } from './operations.ts';
import type { Outcome } from './outcome.ts';
import { ALL_SECUREBIT_LOCKS, Securebit } from './securebits.ts';
import { ID_RULES } from './setid.ts';

/** A few capabilities that the rules name and the two new ones, so that sets overlap often. */
const POOL = [
  Capability.CAP_CHOWN,
  Capability.CAP_SETGID,
  Capability.CAP_SETUID,
  Capability.CAP_SETPCAP,
  Capability.CAP_KERNELMODE,
  Capability.CAP_KRNLMODEBYPAGE,
];
const capability = fc.oneof(fc.constantFrom(...POOL), fc.integer({ min: 0, max: LAST_CAPABILITY + 2 }));
const set = fc.subarray(POOL).map((numbers) => numbers.reduce((bits, number) => bits | (1n << BigInt(number)), 0n));
const id = fc.constantFrom(0, 1000, 1001);
const argumentId = fc.constantFrom(0, 1000, 1001, -1);
const mode = fc.constantFrom(0o755, 0o4755, 0o2755, 0o6755, 0o711, 0o700, 0o644);

const attribute: fc.Arbitrary<FileCapabilities> = fc.record({
  version: fc.constantFrom(2 as const, 3 as const),
  permitted: set,
  inheritable: set,
  effective: fc.boolean(),
  rootId: fc.constantFrom(0, 1000),
});
const file: fc.Arbitrary<ExecutableFile> = fc.record({
  owner: id,
  group: id,
  mode,
  capabilities: fc.option(attribute, { nil: null }),
});

function idCall(name: IdCallName): fc.Arbitrary<Operation> {
  const { arity } = ID_RULES[ID_CALLS[name].rule];
  const ids = fc.array(argumentId, { minLength: arity, maxLength: arity });
  return fc.record({ op: fc.constant(name), args: ids });
}

function call<Op extends Operation['op']>(op: Op, args: fc.Arbitrary<Extract<Operation, { op: Op }>['args']>) {
  return fc.record({ op: fc.constant(op), args }) as fc.Arbitrary<Operation>;
}

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: call('exec', file) },
  { weight: 4, arbitrary: call('capset', fc.record({ effective: set, permitted: set, inheritable: set })) },
  { weight: 4, arbitrary: fc.oneof(...Object.keys(ID_CALLS).map((name) => idCall(name as IdCallName))) },
  call('securebits', fc.oneof(fc.nat(0x1fff), fc.constantFrom(...Object.values(Securebit)))),
  call('keepcaps', fc.nat(2)),
  call('no_new_privs', fc.nat(2)),
  call('bset_drop', capability),
  { weight: 3, arbitrary: call('amb_raise', capability) },
  call('amb_lower', capability),
  call('amb_is_set', capability),
  call('amb_clear', fc.constant(null)),
  call('fork', fc.constant(null)),
);

type When = (before: Credentials, operation: Operation, outcome: Outcome) => boolean;
type Check = (before: Credentials, outcome: Outcome) => void;

/** Runs random sequences from the first process on, with a check after every operation of one kind, of which there must be plenty. */
function afterEvery(when: When, check: Check): void {
  let checked = 0;
  const run = (operations: readonly Operation[]): void => {
    let before = initialCredentials();
    for (const operation of operations) {
      const outcome = applyOperation(before, operation);
      if (when(before, operation, outcome)) {
        checked++;
        check(before, outcome);
      }
      before = outcome.credentials;
    }
  };
  const sequence = fc.array(operation, { maxLength: 25, size: 'max' });
  fc.assert(fc.property(sequence, run), { numRuns: 800, seed: 2004 });
  expect(checked).toBeGreaterThan(100);
}

const always: When = () => true;
const failed: When = (_before, _operation, { errno }) => errno !== Errno.OK;
const otherThan =
  (name: Operation['op']): When =>
  (_before, { op }) =>
    op !== name;
const executed: When = (_before, { op }, { errno }) => op === 'exec' && errno === Errno.OK;
const executedWithoutNewPrivileges: When = (...step) => executed(...step) && step[0].noNewPrivileges;
const executedByUser: When = (...step) => executed(...step) && step[0].user.real !== 0;

function changedSecurebits(before: Credentials, { credentials }: Outcome): number {
  return before.securebits ^ credentials.securebits;
}

describe('every operation', () => {
  it('that fails returns -1 and the very same credentials', () => {
    afterEvery(failed, (before, { credentials, value, secure }) => {
      expect([value, secure]).toEqual([-1, null]);
      expect(credentials).toBe(before);
    });
  });

  it('leaves ambient within permitted and inheritable, and effective within permitted', () => {
    afterEvery(always, (_before, { credentials }) => {
      expect(ambientInvariantHolds(credentials)).toBe(true);
      expect(isSubset(credentials.effective, credentials.permitted)).toBe(true);
    });
  });

  it('only shrinks the bounding set, and keeps no_new_privs and locks once set', () => {
    afterEvery(always, (before, { credentials }) => {
      expect(isSubset(credentials.bounding, before.bounding)).toBe(true);
      expect(credentials.noNewPrivileges || !before.noNewPrivileges).toBe(true);
      expect(before.securebits & ALL_SECUREBIT_LOCKS & ~credentials.securebits).toBe(0);
    });
  });

  it('but execve leaves locked securebits as they are, and execve changes at most KEEP_CAPS', () => {
    afterEvery(otherThan('exec'), (before, outcome) => {
      expect(changedSecurebits(before, outcome) & ((before.securebits & ALL_SECUREBIT_LOCKS) >> 1)).toBe(0);
    });
    afterEvery(executed, (before, outcome) => {
      expect(changedSecurebits(before, outcome)).toBe(before.securebits & Securebit.KEEP_CAPS);
    });
  });

  it('but execve never gains a permitted capability', () => {
    afterEvery(otherThan('exec'), (before, { credentials }) => {
      expect(isSubset(credentials.permitted, before.permitted)).toBe(true);
    });
  });

  it('but capset leaves the inheritable set as it is, and capset gains only from the bounding set', () => {
    afterEvery(otherThan('capset'), (before, { credentials }) => {
      expect(credentials.inheritable).toBe(before.inheritable);
    });
    afterEvery(always, (before, { credentials }) => {
      expect(isSubset(without(credentials.inheritable, before.inheritable), before.bounding)).toBe(true);
    });
  });
});

describe('every execve', () => {
  it('gives nothing but inheritable and ambient capabilities beyond the bounding set', () => {
    afterEvery(executed, (before, { credentials }) => {
      const beyond = without(credentials.permitted, combine(before.inheritable, before.ambient));
      expect(isSubset(beyond, before.bounding)).toBe(true);
    });
  });

  it('under no_new_privs gains no capability, no user and no group', () => {
    afterEvery(executedWithoutNewPrivileges, (before, { credentials }) => {
      expect(isSubset(credentials.permitted, before.permitted)).toBe(true);
      expect([before.user.effective, before.user.real]).toContain(credentials.user.effective);
      expect([before.group.effective, before.group.real]).toContain(credentials.group.effective);
    });
  });

  it('keeps real ids, and saves the effective ones', () => {
    afterEvery(executed, (before, { credentials: { user, group } }) => {
      expect([user.real, group.real]).toEqual([before.user.real, before.group.real]);
      expect([user.saved, user.filesystem]).toEqual([user.effective, user.effective]);
      expect([group.saved, group.filesystem]).toEqual([group.effective, group.effective]);
    });
  });

  it('that leaves a user more than ambient capabilities, or unequal ids, is a secure one', () => {
    afterEvery(executedByUser, (_before, { credentials, secure }) => {
      const { user, group, permitted, ambient } = credentials;
      const unequal = user.effective !== user.real || group.effective !== group.real;
      if (unequal || !isSubset(permitted, ambient)) expect(secure).toBe(true);
    });
  });
});
