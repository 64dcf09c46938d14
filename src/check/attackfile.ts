import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';
import { PROFILE_NAMES } from '../kernel/semantics/config.ts';
import type { Era, ProfileName } from '../kernel/semantics/config.ts';
import type { Mechanisms } from '../kernel/semantics/mechanism.ts';
import type { Operation } from '../kernel/semantics/operation.ts';
import type { Setup } from '../kernel/semantics/setup.ts';
import type { Variant } from '../kernel/semantics/variant.ts';
import { ConfigError } from '../sim/errors.ts';
import type { Problem } from '../sim/errors.ts';
import { refuse } from './nearest.ts';
import { ProgramError } from './operands.ts';
import type { Value } from './operands.ts';
import { readOperations, splitProgram } from './programtext.ts';
import { readEra, readMechanisms, readSetup, readVariant } from './settings.ts';
import { readExpectation } from './verdict.ts';
import type { Expectation } from './verdict.ts';

/** An attack, or a program that must work: how it starts, its steps under each profile, and what is expected of it. */
export interface Attack {
  readonly id: string;
  readonly title: string;
  /** One sentence: what the attacker hopes for. */
  readonly hopes: string;
  readonly era: Era;
  readonly setup: Setup;
  /** Readings of the text; they apply to L0 and L1, of which they are readings. */
  readonly variant: Partial<Variant>;
  /** Mechanisms switched on or off in every profile. */
  readonly mechanisms: Partial<Mechanisms>;
  readonly programs: Readonly<Record<ProfileName, readonly Operation[]>>;
  readonly expect: Readonly<Partial<Record<ProfileName, Expectation>>>;
}

const KEYS = ['id', 'title', 'hopes', 'era', 'setup', 'variant', 'mechanisms', 'program', 'expect'];

/** Reads one file: notes every mistake with its line and goes on. */
class AttackReader {
  readonly problems: Problem[] = [];
  readonly #file: string;
  readonly #lines = new LineCounter();
  readonly #document: Document;

  constructor(text: string, file: string) {
    this.#file = file;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    for (const error of this.#document.errors)
      this.note(error.message, '(syntax)', this.#lines.linePos(error.pos[0]).line);
  }

  note(message: string, path: string, line: number | undefined): void {
    this.problems.push({ file: this.#file, line, path, message });
  }

  lineOf(node: unknown): number | undefined {
    const range = (node as Node | undefined)?.range;
    return range === undefined || range === null ? undefined : this.#lines.linePos(range[0]).line;
  }

  /** Reads a part; a mistake in it is noted at the part's line, and the part replaced. */
  attempt<T>(read: () => T, path: string, line: number | undefined, instead: T): T {
    try {
      return read();
    } catch (error) {
      // A ReferenceError is an alias without its anchor, which shows when its value is taken.
      if (!(error instanceof ProgramError || error instanceof ReferenceError)) throw error;
      this.note(error.message, path, line);
      return instead;
    }
  }

  /** All attacks of the file: a mapping is one, a sequence several. */
  attacks(): Attack[] {
    const { contents } = this.#document;
    const nodes = isSeq(contents) ? contents.items : [contents];
    if (this.problems.length > 0) return [];
    return nodes.flatMap((node, i) => this.attack(node, `[${i}]`));
  }

  attack(node: unknown, path: string): Attack[] {
    if (!isMap(node)) {
      this.note(`an attack is a mapping with the keys ${KEYS.join(', ')}`, path, this.lineOf(node));
      return [];
    }
    for (const { key } of node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (!KEYS.includes(name)) this.note(refuse('key', name, KEYS), path, this.lineOf(key));
    }
    return [this.fields((key) => node.get(key, true), path, this.lineOf(node))];
  }

  /** `line` is the attack's, for what is missing. */
  fields(get: (key: string) => unknown, path: string, line: number | undefined): Attack {
    const plain = (key: string): Value | undefined =>
      (get(key) as Node | undefined)?.toJS(this.#document) as Value | undefined;
    const read = <T>(key: string, reader: (value: Value | undefined) => T, instead: T): T =>
      this.attempt(() => reader(plain(key)), `${path}.${key}`, this.lineOf(get(key)) ?? line, instead);
    return {
      id: read('id', (value) => requireText('id', value), ''),
      title: read('title', (value) => requireText('title', value), ''),
      hopes: read('hopes', (value) => (value === undefined ? '' : requireText('hopes', value)), ''),
      era: read('era', readEra, 'modern'),
      setup: read('setup', readSetup, readSetup({})),
      variant: read('variant', readVariant, {}),
      mechanisms: read('mechanisms', readMechanisms, {}),
      programs: this.programs(get('program'), `${path}.program`, line),
      expect: this.expectations(get('expect'), `${path}.expect`),
    };
  }

  /** A program for all profiles, or a mapping with one for each. */
  programs(node: unknown, path: string, line: number | undefined): Attack['programs'] {
    const programs: Record<ProfileName, readonly Operation[]> = { L0: [], L1: [], H: [] };
    if (node === undefined) this.note('program is missing', path, line);
    for (const profile of PROFILE_NAMES) {
      const own: unknown = isMap(node) ? node.get(profile, true) : node;
      if (own === undefined && isMap(node)) this.note(`no program for ${profile}`, path, this.lineOf(node));
      programs[profile] = this.operations(own, profile, path, profile !== 'L0' && own === node);
    }
    return programs;
  }

  /** `again`: the same text was read before, so its mistakes are noted already. */
  operations(node: unknown, profile: ProfileName, path: string, again: boolean): Operation[] {
    if (!isScalar(node) || typeof node.value !== 'string') {
      if (node !== undefined && !again)
        this.note('a program is a text such as 0:skj A.E; 0:step', path, this.lineOf(node));
      return [];
    }
    const first = (this.lineOf(node) ?? 1) + (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED' ? 1 : 0);
    const known = this.problems.length;
    const operations = splitProgram(node.value).flatMap(({ text, line }) =>
      this.attempt(() => readOperations(text, profile), path, first + line, []),
    );
    if (again) this.problems.length = known;
    return operations;
  }

  expectations(node: unknown, path: string): Attack['expect'] {
    const expect: Partial<Record<ProfileName, Expectation>> = {};
    if (!isMap(node)) {
      if (node !== undefined) this.note('expect is a mapping from profile to outcome', path, this.lineOf(node));
      return expect;
    }
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      const profile = PROFILE_NAMES.find((known) => known === name);
      if (profile === undefined) this.note(refuse('profile', name, PROFILE_NAMES), path, this.lineOf(key));
      else
        expect[profile] = this.attempt(() => readExpectation(textOf(value)), `${path}.${name}`, this.lineOf(value), []);
    }
    return expect;
  }
}

function textOf(node: unknown): string {
  return isScalar(node) ? String(node.value) : JSON.stringify(node);
}

function requireText(key: string, value: Value | undefined): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new ProgramError(`${key} is ${value === undefined ? 'missing' : JSON.stringify(value)}, not a text`);
}

/** The attacks of a YAML file's text. Throws ConfigError that lists every mistake with file and line. */
export function readAttacks(text: string, file: string): Attack[] {
  if (text.includes('\0'))
    throw new ConfigError([{ file, line: 1, path: '(syntax)', message: 'a binary file, neither YAML nor JSON' }]);
  const reader = new AttackReader(text, file);
  const attacks = reader.attacks();
  if (reader.problems.length > 0) throw new ConfigError(reader.problems);
  return attacks;
}
