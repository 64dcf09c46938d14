/** Whether the operating system refused a file operation: no space, no permission, a folder in place of a file. */
export function isRefusal(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

/** Which file was refused, and why: `results/x: no space left on device`. Node says `CODE: reason, call 'path'`, and the path not always. */
export function refusalText({ message, path }: NodeJS.ErrnoException): string {
  const reason = /^[A-Z\d]+: ([^,]+)/.exec(message)?.[1] ?? message;
  return path === undefined ? message : `${path}: ${reason}`;
}
