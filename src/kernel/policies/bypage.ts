import type { Policy } from '../policy.ts';
import { baseline } from './baseline.ts';

/** Trust page by page: verified code lies in KERNELTRUST pages and enters by syskerneljump; native code stays at CPL 3. */
export const bypage: Policy = {
  ...baseline,
  name: 'bypage',
  doc: 'The server holds CAP_KRNLMODEBYPAGE: JIT output in KERNELTRUST pages enters by syskerneljump, native code stays at CPL 3',
  grants: ['CAP_KRNLMODEBYPAGE'],
  trustsVerifiedCode: true,
};
