import { Errno } from '../errno.ts';
import { commit } from './credentials.ts';
import type { Credentials } from './credentials.ts';

/** What a call did. A failed call leaves the credentials as they were, the same object. */
export interface Outcome {
  readonly credentials: Credentials;
  readonly errno: Errno;
  /** Return value: -1 on failure. */
  readonly value: number;
  /** AT_SECURE of the new program; null unless an execve succeeded. */
  readonly secure: boolean | null;
}

/** A call that succeeded and changed nothing. */
export function answer(credentials: Credentials, value = 0): Outcome {
  return { credentials, errno: Errno.OK, value, secure: null };
}

/** A call that succeeded and replaced the credentials. */
export function succeed(before: Credentials, after: Credentials, value = 0): Outcome {
  return answer(commit(before, after), value);
}

/** A call that was refused. */
export function refuse(before: Credentials, errno: Errno): Outcome {
  return { credentials: before, errno, value: -1, secure: null };
}
