import { sourced } from '../../hw/profile.ts';
import type { Policy } from '../policy.ts';
import { uklBypass } from './uklbypass.ts';

/** Secrecy's send took 2.23 us, of which 0.29 are the crossing of Fig. 1; by a shortcut 0.896 us (Unikernel Linux, EuroSys 2023). */
const left = sourced(
  0.46,
  [0.3, 0.9],
  'second-hand',
  'Unikernel Linux, EuroSys 2023: 0.896 us of 2.23 us less a crossing of 0.29 us is left of a send by a shortcut',
);

/** Unikernel Linux with shortcuts: the server calls deep into the kernel and skips what it knows to be needless. */
export const uklShortcut: Policy = {
  ...uklBypass,
  name: 'ukl-shortcut',
  doc: 'ukl-bypass whose reads and writes call the inner functions of the kernel directly (Unikernel Linux, shortcut)',
  work: { read: left, write: left },
  bound: 'none',
};
