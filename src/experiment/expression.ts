import type { Scalar } from '../archive/rows.ts';
import { ExpressionError } from './expressionerror.ts';
import { tokenize, type Token } from './tokens.ts';

/** Value of a name, or undefined when there is no such name. */
export type Names = (name: string) => Scalar | undefined;

type Evaluate = (names: Names) => Scalar;

/** A name of an expression that is compared with a text, such as `policy != 'free'`. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
  readonly position: number;
}

/** A compiled expression over settings. */
export interface Expression {
  /** Names in the order of the text, with their positions. */
  readonly names: readonly { readonly name: string; readonly position: number }[];
  readonly compared: readonly NamedText[];
  /** True or false; throws `ExpressionError` for wrong types and unknown names. */
  test(names: Names): boolean;
}

type Operator = (left: Scalar, right: Scalar) => Scalar | undefined;

/** Operators by strength, weakest first; `undefined` as result means operands of a wrong type. */
const LEVELS: readonly Readonly<Record<string, Operator>>[] = [
  { '||': booleans((a, b) => a || b) },
  { '&&': booleans((a, b) => a && b) },
  { '==': same((a, b) => a === b), '!=': same((a, b) => a !== b) },
  {
    '<': numbers((a, b) => a < b),
    '<=': numbers((a, b) => a <= b),
    '>': numbers((a, b) => a > b),
    '>=': numbers((a, b) => a >= b),
  },
  { '+': numbers((a, b) => a + b), '-': numbers((a, b) => a - b) },
  { '*': numbers((a, b) => a * b), '/': numbers((a, b) => a / b), '%': numbers((a, b) => a % b) },
];

function numbers(of: (a: number, b: number) => Scalar): Operator {
  return (a, b) => (typeof a === 'number' && typeof b === 'number' ? of(a, b) : undefined);
}

function booleans(of: (a: boolean, b: boolean) => boolean): Operator {
  return (a, b) => (typeof a === 'boolean' && typeof b === 'boolean' ? of(a, b) : undefined);
}

function same(of: (a: Scalar, b: Scalar) => boolean): Operator {
  return (a, b) => (typeof a === typeof b ? of(a, b) : undefined);
}

/**
 * Compiles `text`: numbers, 'texts', true, false, names with dots, ( ), !, -, arithmetic, comparison, && and ||.
 * Throws `ExpressionError` where the text is no expression.
 */
export function compile(text: string): Expression {
  const parser = new Parser(tokenize(text));
  const evaluate = parser.binary(0);
  parser.end();
  return {
    names: parser.names,
    compared: parser.compared,
    test: (names) => {
      const value = evaluate(names);
      if (typeof value !== 'boolean')
        throw new ExpressionError(`the expression gives ${JSON.stringify(value)}, not true or false`, 0);
      return value;
    },
  };
}

/** Recursive descent over the table of operators: one method per kind of operand. */
class Parser {
  readonly names: { name: string; position: number }[] = [];
  readonly compared: NamedText[] = [];
  private readonly tokens: readonly Token[];
  private next = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  binary(level: number): Evaluate {
    const operators = LEVELS[level];
    if (operators === undefined) return this.unary();
    const start = this.peek();
    let left = this.binary(level + 1);
    for (
      let token = this.peek();
      token.kind === 'symbol' && Object.hasOwn(operators, token.text);
      token = this.peek()
    ) {
      this.next++;
      const operandStart = this.peek();
      const right = this.binary(level + 1);
      this.noteCompared(token, start, operandStart);
      left = apply(operators[token.text], token, left, right);
    }
    return left;
  }

  end(): void {
    const token = this.peek();
    if (token.kind !== 'end') throw new ExpressionError(`unexpected ${describe(token)}`, token.position);
  }

  private unary(): Evaluate {
    const token = this.peek();
    if (token.kind !== 'symbol' || (token.text !== '!' && token.text !== '-')) return this.primary();
    this.next++;
    const operand = this.unary();
    const [type, of] = token.text === '!' ? ['boolean', (v: Scalar) => !v] : ['number', (v: Scalar) => -(v as number)];
    return (names) => {
      const value = operand(names);
      if (typeof value !== type) throw new ExpressionError(`${token.text} needs a ${type}`, token.position);
      return (of as (v: Scalar) => Scalar)(value);
    };
  }

  private primary(): Evaluate {
    const token = this.peek();
    this.next++;
    if (token.kind === 'value') return () => token.value;
    if (token.kind === 'name') return this.name(token.text, token.position);
    if (token.kind !== 'symbol' || token.text !== '(')
      throw new ExpressionError(`expected a value, found ${describe(token)}`, token.position);
    const inner = this.binary(0);
    const close = this.peek();
    if (close.kind !== 'symbol' || close.text !== ')')
      throw new ExpressionError(`expected ), found ${describe(close)}`, close.position);
    this.next++;
    return inner;
  }

  private name(name: string, position: number): Evaluate {
    this.names.push({ name, position });
    return (names) => {
      const value = names(name);
      if (value === undefined) throw new ExpressionError(`unknown name ${name}`, position);
      return value;
    };
  }

  private noteCompared(operator: Token, left: Token, right: Token): void {
    if (operator.text !== '==' && operator.text !== '!=') return;
    const [name, text] = left.kind === 'name' ? [left, right] : [right, left];
    if (name.kind !== 'name' || text.kind !== 'value' || typeof text.value !== 'string') return;
    this.compared.push({ name: name.text, text: text.value, position: text.position });
  }

  private peek(): Token {
    return this.tokens[this.next] ?? this.tokens.at(-1)!;
  }
}

function apply(operator: Operator, token: Token, left: Evaluate, right: Evaluate): Evaluate {
  return (names) => {
    const [a, b] = [left(names), right(names)];
    const value = operator(a, b);
    if (value !== undefined) return value;
    throw new ExpressionError(
      `${token.text} cannot join ${JSON.stringify(a)} and ${JSON.stringify(b)}`,
      token.position,
    );
  };
}

function describe(token: Token): string {
  return token.kind === 'end' ? 'the end' : `"${token.text}"`;
}
