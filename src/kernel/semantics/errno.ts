/** Error numbers that the semantics return, with the values of Linux (include/uapi/asm-generic/errno*.h). 0 is success. */
export const Errno = {
  OK: 0,
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EIO: 5,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  EINVAL: 22,
  ENOSYS: 38,
  ESTALE: 116,
} as const;
/** An errno as a number; 0 is success. */
export type Errno = (typeof Errno)[keyof typeof Errno];

const NAMES = new Map<number, string>(Object.entries(Errno).map(([name, value]) => [value, name]));

/** Name of an error number (`OK` for 0). Throws RangeError on a number that the semantics never return. */
export function errnoName(errno: number): string {
  const name = NAMES.get(errno);
  if (name === undefined) throw new RangeError(`${errno} is no error number of the semantics`);
  return name;
}

/** What a call returns for an error: 0, or the negated number. */
export function resultOf(errno: Errno): number {
  return errno === Errno.OK ? 0 : -errno;
}
