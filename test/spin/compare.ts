/** Compares the Promela model with our semantics under every alphabet and policy, and records the result in docs/second-opinion.md. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALPHABET_NAMES } from './alphabet.ts';
import { compare, isAgreed } from './comparison.ts';
import type { Comparison } from './comparison.ts';
import { printDocument } from './document.ts';
import { POLICIES, printPolicy } from './policies.ts';
import { missingTools, spinVersion } from './spin.ts';

const DOCUMENT = join(import.meta.dirname, '../../docs/second-opinion.md');

function compareAll(): Comparison[] {
  return ALPHABET_NAMES.flatMap((alphabet) =>
    POLICIES[alphabet].map((policy) => {
      const comparison = compare(alphabet, policy);
      const { spin, ours } = comparison;
      const verdict = isAgreed(comparison) ? 'agreed' : 'NOT AGREED';
      console.error(`${alphabet}, ${printPolicy(policy)}: ${verdict}, ${spin.states} / ${ours.states} states`);
      return comparison;
    }),
  );
}

/** Runs the comparison; exit status 1 when the sides do not agree, 2 when a tool is missing. */
function main(): number {
  const missing = missingTools();
  if (missing.length > 0) {
    console.error(`not installed: ${missing.join(', ')} (Debian: apt-get install spin gcc)`);
    return 2;
  }
  const comparisons = compareAll();
  writeFileSync(DOCUMENT, printDocument(comparisons, spinVersion()));
  return comparisons.every(isAgreed) ? 0 : 1;
}

process.exitCode = main();
