import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { replaySemantics, replaySemanticsText } from '../../src/check/semanticsoracle.ts';

const DATA = new URL('../data/semantics/', import.meta.url);
const golden = readFileSync(new URL('golden.json', DATA), 'utf8');
const random = gunzipSync(readFileSync(new URL('random.jsonl.gz', DATA))).toString();
const FIRST = random.split('\n')[0];

describe('recorded programs', () => {
  test('all 240 golden programs agree in return values, effects, violations and final threads', () => {
    const { malformed, firstDisagreement, ...counts } = replaySemanticsText(golden);
    expect({ malformed, firstDisagreement }).toEqual({ malformed: [], firstDisagreement: null });
    expect(counts).toEqual({ cases: 240, steps: 943, agree: 943, disagree: 0 });
  });

  test('all 900 random sequences agree', () => {
    const { malformed, firstDisagreement, ...counts } = replaySemanticsText(random);
    expect({ malformed, firstDisagreement }).toEqual({ malformed: [], firstDisagreement: null });
    expect(counts).toEqual({ cases: 900, steps: 8055, agree: 8055, disagree: 0 });
  });

  test('a list laid out over many lines is read as well', () => {
    expect(replaySemanticsText(JSON.stringify(JSON.parse(golden), null, 1))).toEqual(replaySemanticsText(golden));
  });
});

describe('malformed lines', () => {
  test('are named with line and mistake, and nothing else is lost', () => {
    const typo = FIRST.replace('"munmap"', '"munmpa"');
    const { cases, disagree, malformed } = replaySemantics([FIRST, '{"case":', typo, '', FIRST]);
    expect({ cases, disagree }).toEqual({ cases: 2, disagree: 0 });
    expect(malformed.map(({ line }) => line)).toEqual([2, 3]);
    expect(malformed[1].message).toMatch(
      /^step 10: unknown operation munmpa; did you mean munmap\? \(allowed: step, jump/,
    );
  });

  test('of the golden list leave its other 79 rows', () => {
    const lines = golden.split('\n').map((line, i) => (i === 4 ? line.slice(0, 300) : line));
    const { cases, disagree, malformed } = replaySemanticsText(lines.join('\n'));
    expect({ cases, disagree, lines: malformed.map(({ line }) => line) }).toEqual({
      cases: 237,
      disagree: 0,
      lines: [5],
    });
  });

  test.each([
    ['"ret":[0', '"ret":["EPREM"', /unknown return value EPREM; did you mean EPERM\?/],
    ['["jump",1,"A","P"]', '["jump",1,"Q","P"]', /step 2: unknown page Q \(allowed: A, B, C, W/],
    ['"profile":"L0"', '"profile":"L2"', /unknown profile L2; did you mean L0\? \(allowed: L0, L1, H\)/],
    ['"variant":{}', '"variant":{"leave":"sty"}', /unknown reading of leave sty; did you mean stay\?/],
    ['"init":{}', '"init":{"caps":[]}', /unknown key of setup caps; did you mean cap\?/],
    ['"ret":[0,', '"ret":[', /ret has 12 entries for 13 steps/],
  ])('%s written as %s is refused', (from, to, message) => {
    const [problem] = replaySemantics([FIRST.replace(from, to)]).malformed;
    expect(problem.message).toMatch(message);
  });
});

describe('disagreement', () => {
  test('the first one is shown with line, step, recorded and computed outcome', () => {
    const { agree, disagree, firstDisagreement } = replaySemantics(['', FIRST.replace('"SIGSEGV"', '"EPERM"')]);
    expect({ agree, disagree }).toEqual({ agree: 12, disagree: 1 });
    expect(firstDisagreement).toMatchObject({
      line: 2,
      id: '0',
      profile: 'L0',
      step: 5,
      operation: ['jump', 1, 'W', 'K'],
    });
    expect(firstDisagreement).toMatchObject({
      recorded: { ret: 'EPERM' },
      computed: { ret: 'SIGSEGV', effects: ['kill'] },
    });
  });

  test('a wrong final thread is one', () => {
    const { agree, disagree, firstDisagreement } = replaySemantics([FIRST.replace('"offset":"P"', '"offset":"E"')]);
    expect({ agree, disagree, step: firstDisagreement?.step }).toEqual({ agree: 13, disagree: 1, step: null });
  });
});
