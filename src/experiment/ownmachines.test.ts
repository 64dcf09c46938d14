import { describe, expect, it } from 'vitest';
import { ConfigError, problemText } from '../sim/errors.ts';
import { genoaVm } from '../hw/profiles/genoavm.ts';
import { prettyJson } from '../archive/canonical.ts';
import { measurements, planRuns } from './expand.ts';
import type { ReadText } from './layers.ts';
import { catalogue } from './names.ts';
import { run } from './run.ts';
import { loadStudy } from './study.ts';

const STUDY = `experiment: own
base: {workload: java-nio, cores: 1, warmup: 1ms, measure: 2ms}
vary: {machine: [genoa-vm, my.yaml]}
repeat: 1
`;
const MACHINE = `extends: genoa-vm
name: my
cost: {syscallInstr: {value: 600, range: [500, 700], confidence: seen, source: measured}}
`;

function reading(texts: Record<string, string>): ReadText {
  return (file) => {
    if (texts[file] === undefined) throw new Error('no such file');
    return { text: texts[file], file };
  };
}

function mistakes(texts: Record<string, string>): string {
  try {
    loadStudy('s.yaml', reading(texts), { catalogue });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(problemText).join('\n');
    throw error;
  }
  return '';
}

describe('a machine file that a study names', () => {
  const study = loadStudy('s.yaml', reading({ 's.yaml': STUDY, 'my.yaml': MACHINE }), { catalogue });
  const [known, own] = planRuns(study, measurements(study, catalogue), 0, 1).map((row) => row.spec);

  it('gives runs the values of its profile without ranges and sources, and leaves runs of other machines as they are', () => {
    expect(known.config.machineProfile).toBeUndefined();
    expect(own.config).toMatchObject({
      machine: 'my.yaml',
      machineProfile: { name: 'my', clockHz: { value: genoaVm.clockHz.value }, cost: { syscallInstr: { value: 600 } } },
    });
    expect(JSON.stringify(own)).not.toContain('source');
  });

  it('is simulated as the machine it extends with its 600 cycles of SYSCALL put in place of 58, event for event', () => {
    const overridden = { ...known, config: { ...known.config, profile: { 'cost.syscallInstr': 600 } } };
    const [plain, same, result] = [run(known), run(overridden), run(own)];

    expect(result.fingerprint).toBe(same.fingerprint);
    expect(result.measure).toEqual(same.measure);
    expect(result.fingerprint).not.toBe(plain.fingerprint);
  });

  it('is kept in the resolved study, which reads as the same study where the file is gone', () => {
    const again = loadStudy('r.json', reading({ 'r.json': prettyJson(study) }), { catalogue });
    expect(again).toEqual(study);
  });

  it('lends its numbers to overrides, within their ranges', () => {
    const text = STUDY.replace('repeat: 1', '')
      .replace('base: {', 'base: {profile: {cost.syscallInstr: 550}, ')
      .replace('[genoa-vm, my.yaml]', '[my.yaml]');
    expect(mistakes({ 's.yaml': text, 'my.yaml': MACHINE })).toBe('');
    expect(mistakes({ 's.yaml': text.replace('550', '900'), 'my.yaml': MACHINE })).toContain('500 to 700');
  });
});

describe('mistakes in machine files', () => {
  it('are listed with their place in the file: a range that does not hold the value', () => {
    const text = mistakes({ 's.yaml': STUDY, 'my.yaml': MACHINE.replace('[500, 700]', '[5, 7]') });
    expect(text).toContain('my.yaml:3:');
    expect(text).toContain('outside its own range');
  });

  it('name the file that cannot be read at the place that names it', () => {
    expect(mistakes({ 's.yaml': STUDY })).toMatch(/s\.yaml:3:\d+ vary\.machine\.1: cannot read my\.yaml: no such file/);
  });

  it('are found in the machines of a study itself', () => {
    const text = `${STUDY.replace('my.yaml', 'mine')}machines: {mine: {name: mine}}\n`;
    expect(mistakes({ 's.yaml': text })).toMatch(/s\.yaml:5:\d+ machines\.mine\.doc: is missing/);
  });
});
