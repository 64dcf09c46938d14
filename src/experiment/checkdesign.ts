import type { Catalogue } from './catalogue.ts';
import { NAME_CHECKS } from './checknames.ts';
import { compile, type Expression } from './expression.ts';
import { ExpressionError } from './expressionerror.ts';
import { isRecord } from './layers.ts';
import { badExpression, unequalZip, unknownName, wrongType, zippedTwice } from './messages.ts';
import type { Finding } from './problem.ts';
import type { Path } from './yamlsource.ts';

/** A finding at a path of the study; `offset` is a character of the text there. */
export interface PathFinding extends Finding {
  readonly path: Path;
  readonly text?: string;
  readonly offset?: number;
}

/** Names the checks of the design may refer to. */
export interface Design {
  readonly catalogue: Catalogue;
  /** Settings that have a value in this study. */
  readonly settings: readonly string[];
  /** Charts that exist, when they are known. */
  readonly figures?: readonly string[];
}

/** Zip groups, the constraint, the comparison, stopping bounds and figure ids of a study not yet checked. */
export function checkDesign(study: unknown, design: Design): PathFinding[] {
  if (!isRecord(study)) return [];
  const vary = isRecord(study['vary']) ? study['vary'] : {};
  return [
    ...checkZip(study['zip'], vary),
    ...checkConstraint(study['constraint'], design),
    ...checkCompare(study['compare'], vary),
    ...checkRepeat(study['repeat']),
    ...checkFigures(study['figures'], design.figures),
  ];
}

function checkZip(zip: unknown, vary: Readonly<Record<string, unknown>>): PathFinding[] {
  if (!Array.isArray(zip)) return [];
  const used = new Set<unknown>();
  return zip.flatMap((group: unknown, g) => {
    if (!Array.isArray(group)) return [];
    const findings = group.flatMap((factor: unknown, i): PathFinding[] => {
      const path = ['zip', g, i];
      const wasUsed = used.has(factor);
      used.add(factor);
      if (wasUsed) return [{ path, ...zippedTwice() }];
      return Object.hasOwn(vary, String(factor)) ? [] : [{ path, ...unknownName('factor', factor, Object.keys(vary)) }];
    });
    const lengths = group.map((factor) => [String(factor), levelCount(vary[String(factor)])] as const);
    const isUnequal = findings.length === 0 && new Set(lengths.map(([, count]) => count)).size > 1;
    return isUnequal ? [{ path: ['zip', g], ...unequalZip(lengths) }] : findings;
  });
}

function levelCount(levels: unknown): number {
  return Array.isArray(levels) ? levels.length : 0;
}

function checkConstraint(text: unknown, design: Design): PathFinding[] {
  if (typeof text !== 'string') return [];
  return checkExpression(text, design, []).map((finding) => Object.assign({}, finding, { path: ['constraint'], text }));
}

/** Syntax and names of an expression; `extra` are names beyond the settings. Texts that a machine, a policy or a workload is compared with must be the name of one. */
export function checkExpression(
  text: string,
  design: Design,
  extra: readonly string[],
): (Finding & { offset: number })[] {
  let expression: Expression;
  try {
    expression = compile(text);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return [{ ...badExpression(error.position, error.message), offset: error.position }];
  }
  const known = [...design.settings, ...extra];
  const unknown = expression.names.filter(({ name }) => !known.includes(name));
  const strange = expression.compared.flatMap(({ name, text: level, position }) => {
    const finding = NAME_CHECKS[name]?.(level, design.catalogue);
    return finding === undefined ? [] : [inText(finding, position)];
  });
  return [...unknown.map(({ name, position }) => inText(unknownName('name', name, known), position)), ...strange];
}

function inText(finding: Finding, offset: number): Finding & { offset: number } {
  return { ...finding, ...badExpression(offset, finding.message), offset };
}

function checkCompare(compare: unknown, vary: Readonly<Record<string, unknown>>): PathFinding[] {
  if (!isRecord(compare) || typeof compare['factor'] !== 'string') return [];
  const factor = compare['factor'];
  if (!Object.hasOwn(vary, factor))
    return [{ path: ['compare', 'factor'], ...unknownName('factor', factor, Object.keys(vary)) }];
  const levels: unknown[] = Array.isArray(vary[factor]) ? vary[factor] : [];
  if (compare['to'] === undefined || levels.includes(compare['to'])) return [];
  return [{ path: ['compare', 'to'], ...unknownName(`level of ${factor}`, compare['to'], levels.map(String)) }];
}

function checkRepeat(repeat: unknown): PathFinding[] {
  if (!isRecord(repeat) || typeof repeat['min'] !== 'number' || typeof repeat['max'] !== 'number') return [];
  if (repeat['max'] >= repeat['min']) return [];
  return [{ path: ['repeat', 'max'], ...wrongType(`at least min, ${repeat['min']}`) }];
}

function checkFigures(figures: unknown, known: readonly string[] | undefined): PathFinding[] {
  if (!Array.isArray(figures) || known === undefined) return [];
  return figures.flatMap((id: unknown, i) =>
    known.includes(String(id).split(':')[0]) ? [] : [{ path: ['figures', i], ...unknownName('figure', id, known) }],
  );
}
