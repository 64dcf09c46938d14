import { INVARIANTS } from '../kernel/semantics/invariants.ts';
import { MECHANISMS } from '../kernel/semantics/mechanism.ts';
import { OPERATIONS } from '../kernel/semantics/operations.ts';
import type { OperationSpec } from '../kernel/semantics/operations.ts';
import { QUESTIONS } from '../kernel/semantics/variant.ts';
import { ALPHABETS } from './alphabet.ts';
import { markdownTable } from './markdown.ts';
import { REQUIREMENTS } from './requirements.ts';
import type { Requirement } from './requirements.ts';

function requirements(): string {
  const rows = Object.entries<Requirement>(REQUIREMENTS).map(([id, { says, rule, programs, tests }]) => {
    const cover = programs.join(' ');
    const titles = tests.map((title) => `"${title}"`).join(', ');
    return [id, says, rule, [cover, titles].filter((part) => part !== '').join('; ')];
  });
  return markdownTable(['', 'the proposal says', 'rule', 'covered by'], rows);
}

function operations(): string {
  const rows = Object.entries<OperationSpec>(OPERATIONS).map(([name, { operands, optional, by, does }]) => {
    const written = operands.map((operand, i) => (i >= operands.length - optional ? `[${operand}]` : operand));
    return [`\`${[name, ...written].join(' ')}\``, by, does];
  });
  return markdownTable(['operation', 'by', 'does'], rows);
}

function questions(): string {
  const rows = Object.entries(QUESTIONS).map(([name, { id, asks, readings }]) => {
    const [chosen, ...others] = readings.map((reading) => `\`${name}: ${reading}\``);
    return [id, asks, chosen, others.join(', ')];
  });
  return markdownTable(['', 'question', 'chosen', 'alternatives'], rows);
}

function invariants(): string {
  const rows = Object.entries(INVARIANTS).map(([id, { name, class: cls, sentence, promisedBy }]) => [
    id,
    name,
    cls,
    sentence,
    promisedBy.join(' '),
  ]);
  return markdownTable(['', 'name', 'class', 'holds', 'promised by'], rows);
}

const SECTIONS: readonly (readonly [title: string, text: string, render: () => string])[] = [
  [
    'Requirements',
    'Every sentence of the proposal, the rule it became, and what covers it: programs of the catalogue (`experiments/attacks/`) and tests.',
    requirements,
  ],
  [
    'Readings',
    'Where the proposal is open, one reading is chosen and the others are selectable (`variant:` of an attack file). Reasons and further points: `docs/ambiguities.md`.',
    questions,
  ],
  [
    'Mechanisms',
    'Profile `H` is `L1` with all of these; each can be switched alone (`mechanisms:` of an attack file).',
    () => markdownTable(['', 'adds'], Object.entries(MECHANISMS)),
  ],
  ['Invariants', 'S security, A availability, F function. All are evaluated on every transition.', invariants],
  [
    'Operations',
    'A program is a list of `thread:operation operands`, such as `0:skj A.E; 1:smash t0 A.M; 0:ret`. `ENTER v` enters trusted page v: by the gate, or in `L0` by jumping to the mode switch. Operations by code are performed by the thread, so its instruction is fetched first; the others happen to it.',
    operations,
  ],
  [
    'Searches',
    'What the exhaustive search explores: alphabets of operations.',
    () =>
      markdownTable(
        ['alphabet', 'about', 'threads'],
        Object.entries(ALPHABETS).map(([name, { about, threads }]) => [name, about, String(threads)]),
      ),
  ],
];

/** The text of `docs/semantics.md`, all of it taken from the tables that the code runs on. */
export function semanticsDocument(): string {
  const head = [
    '# Semantics of the proposal',
    '',
    'Generated from the code; `npx vitest run test/semantics/document.test.ts -u` writes it anew, and the same test fails when it drifts.',
    'Profiles: `L0` is the text up to `syskernelmode`, `L1` the text with `syskerneljump`, `H` is `L1` with all mechanisms.',
  ];
  const sections = SECTIONS.flatMap(([title, text, render]) => ['', `## ${title}`, '', text, '', render()]);
  return [...head, ...sections, ''].join('\n');
}
