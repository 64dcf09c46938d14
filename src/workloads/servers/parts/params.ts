import { CLIENT_PARAMS } from '../../clients.ts';
import { CONTENT_PARAMS, PAYLOAD_PARAMS } from '../../payload.ts';
import { ATTACK_PARAM, SITE_PARAM, WILD_PARAM } from '../../server.ts';
import { TRANSPORT_PARAMS } from '../../transport.ts';
import type { ParamSpec } from '../../workload.ts';
import { integer } from './spec.ts';

/** Largest reply in bytes that a study may set. */
const MOST_BYTES = 16_384;

/** Parameters that every server of this room takes. */
export const SERVER_PARAMS = {
  ...CLIENT_PARAMS,
  ...TRANSPORT_PARAMS,
  ...CONTENT_PARAMS,
  ...PAYLOAD_PARAMS,
  attack: ATTACK_PARAM,
  wildPerSecond: WILD_PARAM,
} as const satisfies Record<string, ParamSpec>;

/** Those and where compiled code makes its system calls. */
export const MANAGED_PARAMS = { ...SERVER_PARAMS, syscallSite: SITE_PARAM } as const satisfies Record<
  string,
  ParamSpec
>;

/** Size of replies. */
export const replyBytes = (bytes: number, doc: string): ParamSpec => integer(bytes, [1, MOST_BYTES], 'bytes', doc);

/** What the application does for a request beside the work around its system calls. */
export const requestInstructions = (instructions: number, doc: string): ParamSpec =>
  integer(instructions, [0, 1e8], 'instructions/request', doc);
