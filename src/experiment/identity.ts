import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from '../archive/canonical.ts';
import type { RunSpec } from '../archive/rows.ts';
import { MODEL_VERSION } from './version.ts';

const ID_DIGITS = 12;

/**
 * Identity of a run: equal for equal config, seed, replication and model behaviour, whatever study asks for it and wherever in
 * its plan. The engine (`native` or `simjs`) is no part of it, since both give the same results.
 */
export function runId(spec: RunSpec, modelVersion = MODEL_VERSION): string {
  const { config, seed, replication } = spec;
  const text = canonicalJson({ config, modelVersion, replication, seed });
  return bytesToHex(sha256(utf8ToBytes(text))).slice(0, ID_DIGITS);
}
