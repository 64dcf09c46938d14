/**
 * Numbers of the capabilities: Linux 6.18 (include/uapi/linux/capability.h, 0 to 40) and the two of the proposal. The two take 41 and 42,
 * the first numbers after CAP_CHECKPOINT_RESTORE: renumbering a capability would change what every existing file capability grants, and
 * below 64 both fit the two 32-bit words of capset(2) and of the version 2 and 3 attributes.
 */
export const Capability = {
  CAP_CHOWN: 0,
  CAP_DAC_OVERRIDE: 1,
  CAP_DAC_READ_SEARCH: 2,
  CAP_FOWNER: 3,
  CAP_FSETID: 4,
  CAP_KILL: 5,
  CAP_SETGID: 6,
  CAP_SETUID: 7,
  CAP_SETPCAP: 8,
  CAP_LINUX_IMMUTABLE: 9,
  CAP_NET_BIND_SERVICE: 10,
  CAP_NET_BROADCAST: 11,
  CAP_NET_ADMIN: 12,
  CAP_NET_RAW: 13,
  CAP_IPC_LOCK: 14,
  CAP_IPC_OWNER: 15,
  CAP_SYS_MODULE: 16,
  CAP_SYS_RAWIO: 17,
  CAP_SYS_CHROOT: 18,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_PACCT: 20,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_BOOT: 22,
  CAP_SYS_NICE: 23,
  CAP_SYS_RESOURCE: 24,
  CAP_SYS_TIME: 25,
  CAP_SYS_TTY_CONFIG: 26,
  CAP_MKNOD: 27,
  CAP_LEASE: 28,
  CAP_AUDIT_WRITE: 29,
  CAP_AUDIT_CONTROL: 30,
  CAP_SETFCAP: 31,
  CAP_MAC_OVERRIDE: 32,
  CAP_MAC_ADMIN: 33,
  CAP_SYSLOG: 34,
  CAP_WAKE_ALARM: 35,
  CAP_BLOCK_SUSPEND: 36,
  CAP_AUDIT_READ: 37,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
  CAP_CHECKPOINT_RESTORE: 40,
  CAP_KERNELMODE: 41,
  CAP_KRNLMODEBYPAGE: 42,
} as const;

/** Number of the capability to enter kernel mode from any page (S6). */
export const CAP_KERNELMODE = Capability.CAP_KERNELMODE;

/** Number of the capability to run in kernel mode only in KERNELTRUST pages (S20). */
export const CAP_KRNLMODEBYPAGE = Capability.CAP_KRNLMODEBYPAGE;

/** Highest capability number of this kernel (CAP_LAST_CAP). */
export const LAST_CAPABILITY: number = Capability.CAP_KRNLMODEBYPAGE;

/** Whether a number names a capability of this kernel (`cap_valid`); prctl refuses others with EINVAL. */
export function isCapability(number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number <= LAST_CAPABILITY;
}
