import { ALL_CAPABILITIES, intersect } from './capset.ts';
import type { CapSet } from './capset.ts';

/**
 * Layout of the `security.capability` attribute: 2 has 64 bits a set, 3 adds the root id of a user namespace. Version 1 (32 bits) has not been
 * settable since Linux 4.14 and is not modelled.
 */
export type FileCapabilityVersion = 2 | 3;

/** Capabilities attached to an executable file. */
export interface FileCapabilities {
  readonly version: FileCapabilityVersion;
  /** fP: granted as far as the bounding set allows. */
  readonly permitted: CapSet;
  /** fI: granted as far as the process has them inheritable. */
  readonly inheritable: CapSet;
  /** fE: one bit; the new program starts with all that it is permitted in effect. */
  readonly effective: boolean;
  /** Version 3: user id (of the initial namespace) that is root in the namespaces where the attribute counts; 0 otherwise. */
  readonly rootId: number;
}

/** Bytes of the attribute: magic, low words of permitted and inheritable, high words, root id. Source: include/uapi/linux/capability.h. */
const SIZE: Record<FileCapabilityVersion, number> = { 2: 20, 3: 24 };
const Offset = { Permitted: 4, Inheritable: 8, RootId: 20 } as const;
const HIGH_WORD = 8;
const REVISION_SHIFT = 24;
const EFFECTIVE_FLAG = 1;

/** A set from its low word and its high word; unknown bits are dropped. */
function readSet(view: DataView, offset: number): CapSet {
  const low = BigInt(view.getUint32(offset, true));
  const high = BigInt(view.getUint32(offset + HIGH_WORD, true));
  return intersect(low | (high << 32n), ALL_CAPABILITIES);
}

function writeSet(view: DataView, offset: number, set: CapSet): void {
  view.setUint32(offset, Number(set & 0xffff_ffffn), true);
  view.setUint32(offset + HIGH_WORD, Number(set >> 32n), true);
}

function isVersion(revision: number): revision is FileCapabilityVersion {
  return revision in SIZE;
}

/**
 * Reads the value of a `security.capability` attribute (`get_vfs_caps_from_disk`); null when its size or version is wrong, for which Linux
 * fails the execve with EINVAL.
 */
export function decodeFileCapabilities(attribute: Uint8Array): FileCapabilities | null {
  if (attribute.length < SIZE[2]) return null;
  const view = new DataView(attribute.buffer, attribute.byteOffset, attribute.byteLength);
  const magic = view.getUint32(0, true);
  const version = magic >>> REVISION_SHIFT;
  if (!isVersion(version) || attribute.length !== SIZE[version]) return null;
  return {
    version,
    permitted: readSet(view, Offset.Permitted),
    inheritable: readSet(view, Offset.Inheritable),
    effective: (magic & EFFECTIVE_FLAG) !== 0,
    rootId: version === 3 ? view.getUint32(Offset.RootId, true) : 0,
  };
}

/** The attribute's value, as `decodeFileCapabilities` reads it. */
export function encodeFileCapabilities(capabilities: FileCapabilities): Uint8Array {
  const { version, permitted, inheritable, effective, rootId } = capabilities;
  const attribute = new Uint8Array(SIZE[version]);
  const view = new DataView(attribute.buffer);
  view.setUint32(0, ((version << REVISION_SHIFT) | (effective ? EFFECTIVE_FLAG : 0)) >>> 0, true);
  writeSet(view, Offset.Permitted, permitted);
  writeSet(view, Offset.Inheritable, inheritable);
  if (version === 3) view.setUint32(Offset.RootId, rootId, true);
  return attribute;
}

/** Whether the attribute counts in the initial user namespace, the only one modelled: others' version 3 attributes are as if absent. */
export function countsHere(capabilities: FileCapabilities): boolean {
  return capabilities.version !== 3 || capabilities.rootId === 0;
}
