import { readCost, resultCost, rewriteCost, unitCost } from '../extension/call-cost.ts';
import type { CallCost } from '../library.ts';
import { unpaid } from '../limit.ts';
import { isOptionalChain } from '../plan/chain.ts';
import type { CallNode, PlanNode } from '../plan/node.ts';
import { compileRegex, Regex } from '../regex/index.ts';
import { CelError, Failure, type Result, Unknown, type Value } from '../value.ts';
import type { Generator } from './generator.ts';
import { held, type Kind, type Operand } from './operand.ts';
import { costSize } from '../standard/size.ts';
import { callCost, length, yielded } from './runtime.ts';

/** A call of a function or strict operator: all arguments, then the function, charged as cel-go does. */
export function generateCall(generator: Generator, node: CallNode): Operand {
  return folded(generator, node) ?? special(generator, node) ?? plainCall(generator, node);
}

/** A call of constants, which is computed once; its cost stays. */
function folded(generator: Generator, node: CallNode): Operand | undefined {
  const values: Value[] = [];
  for (const arg of node.args) {
    const value = knownValue(arg);
    if (value === undefined) return undefined;
    values.push(value);
  }
  if (values.length === 0) return undefined;
  const result = compute(node, values);
  if (result === undefined || result instanceof Unknown) return undefined;
  generator.emit.charge(totalCost(node));
  if (!(result instanceof CelError)) return generator.constant(result);
  generator.emit.failIf('true', generator.emit.constant(result));
  return held('undefined');
}

/** What a node certainly evaluates to; undefined where that is not known or not worth keeping. */
function knownValue(node: PlanNode): Value | undefined {
  if (node.kind === 'constant') return node.value;
  if (node.kind !== 'call' || node.args.length === 0) return undefined;
  const values: Value[] = [];
  for (const arg of node.args) {
    const value = knownValue(arg);
    if (value === undefined) return undefined;
    values.push(value);
  }
  const result = compute(node, values);
  return result instanceof Failure ? undefined : result;
}

function compute({ invoke, at }: CallNode, values: readonly Value[]): Result | undefined {
  try {
    const result = unpaid(() => invoke(...values));
    // Lists and long texts count against the limits of each evaluation.
    if (result === undefined || Array.isArray(result)) return undefined;
    if (typeof result === 'string' && result.length > 1000) return undefined;
    return yielded(result, at);
  } catch {
    return undefined;
  }
}

/** What a call of constants and such calls costs. */
function totalCost(node: PlanNode): number {
  if (node.kind !== 'call') return 0;
  const values = node.args.map((arg) => knownValue(arg)!);
  const inner = node.args.reduce((sum, arg) => sum + totalCost(arg), 0);
  return inner + (node.cost === undefined ? 1 : callCost(node.cost, values, compute(node, values)!));
}

/** The hot shapes that need no general call. */
function special(generator: Generator, node: CallNode): Operand | undefined {
  const [a, b] = node.args;
  switch (node.function) {
    case '!_':
      return negation(generator, node);
    case '_==_':
    case '_!=_':
      return equality(generator, node);
    case '_<_':
    case '_<=_':
    case '_>_':
    case '_>=_':
      return comparison(generator, node);
    case 'startsWith':
    case 'endsWith':
      return node.overload === undefined || node.args.length !== 2 ? undefined : textTest(generator, node);
    case 'contains':
      return node.overload === 'contains_string' ? textTest(generator, node) : undefined;
    case 'matches':
      return b?.kind === 'constant' && typeof b.value === 'string'
        ? pattern(generator, node, b.value)
        : undefined;
    case 'hasValue':
      return a !== undefined && isOptionalChain(a) ? hasValue(generator, node) : undefined;
    case 'size':
      return node.args.length === 1 ? size(generator, node) : undefined;
    case '@in':
      return membership(generator, node);
    case '_+_':
      return sum(generator, node);
    default:
      return undefined;
  }
}

/** The operands of a call that evaluates both whatever happens; either may be a failure. */
function both(generator: Generator, [a, b]: readonly PlanNode[]): [Operand, Operand] {
  const first = generator.caught(a!);
  return [first, generator.caught(b!)];
}

/** The way of all other calls. */
function plainCall(generator: Generator, node: CallNode): Operand {
  const { emit } = generator;
  const args = operands(generator, node);
  const invoke = emit.constant(node.invoke);
  const codes = args.map(({ code }) => code);
  const failing = codes.filter((_, i) => args[i]!.failure);
  if (failing.length > 0) {
    const failure = failing.length === 1 ? failing[0]! : `firstFailure(${failing.join(',')})`;
    const cost = node.cost === undefined ? '' : `c+=${costCode(generator, node, codes, failure)};`;
    const condition = failing.map((code) => `${code} instanceof Failure`).join('||');
    emit.line(`if(${condition}){${emit.jump(emit.fail, `${cost}E=${failure};`)}}`);
  }
  const kind = kindOf(node);
  const call = `${invoke}(${codes.join(',')})`;
  const result = emit.hold(kind === 'any' ? `yielded(${call},${node.at})` : call);
  const test = kind === 'bool' ? `typeof ${result}!=='boolean'` : `${result} instanceof Failure`;
  const failure = `E=located(${result},${node.at});`;
  if (node.cost === undefined) emit.line(`if(${test}){${emit.jump(emit.fail, failure)}}`);
  else {
    const failing = `c+=${costCode(generator, node, codes, result)};${failure}`;
    emit.line(`if(${test}){${emit.jump(emit.fail, failing)}}`);
    emit.line(
      `c+=${knownCost(node.cost, args, result) ?? `${emit.constant(node.cost)}([${codes.join(',')}],${result})`};`,
    );
  }
  return held(result, kind);
}

function costCode(generator: Generator, { cost }: CallNode, args: readonly string[], result: string): string {
  return `callCost(${generator.emit.constant(cost)},[${args.join(',')}],${result})`;
}

/** The common costs of calls that came to a result, which are all about texts, as code. */
function knownCost(cost: CallCost, [text]: readonly Operand[], result: string): string | undefined {
  if (cost === unitCost) return '1';
  const measured = cost === resultCost ? result : text?.code;
  if (cost !== resultCost && cost !== readCost && cost !== rewriteCost) return undefined;
  const size = `(typeof ${measured!}==='string'?length(${measured!}):costSize(${measured!}))`;
  return cost === readCost ? `Math.ceil(${size}*0.1)` : `Math.ceil(${size}*2*0.1)`;
}

/**
 * The arguments. cel-go evaluates all of them whatever fails and then charges the call, but where it goes step by step,
 * and stops uncharged at a failure of any but the last.
 */
function operands(generator: Generator, node: CallNode): Operand[] {
  const { emit } = generator;
  const { args, stepwise, cost } = node;
  const charge = cost === undefined ? 1 : 0;
  const last = args.length - 1;
  if (args.length === 0) emit.charge(charge);
  let caught = false;
  return args.map((arg, i) => {
    if (i === (stepwise ? last : 0)) emit.charge(charge);
    if (stepwise && i < last) return generator.certain(arg);
    if (i === last && !caught && cost === undefined) return generator.certain(arg);
    const operand = generator.caught(arg);
    caught ||= operand.failure;
    return operand;
  });
}

/** What is certain about what a call yields. */
function kindOf({ yields }: CallNode): Kind {
  if (yields?.kind !== 'scalar') return 'any';
  if (yields.name === 'bool' || yields.name === 'string') return yields.name;
  return 'any';
}

function negation(generator: Generator, node: CallNode): Operand {
  generator.emit.charge(1);
  const test = generator.bool(node.args[0]!, node.at);
  return { code: `!(${test})`, kind: 'bool', failure: false, atomic: false };
}

/** `==` and `!=`, told at a glance for texts, bools, null and two numbers. */
function equality(generator: Generator, node: CallNode): Operand {
  const { emit } = generator;
  const [x, y] = both(generator, node.args);
  const result = emit.temporary();
  const negated = node.function === '_!=_';
  const same = (a: string, b: string): string => `${result}=${a}${negated ? '!' : '='}==${b};`;
  const exactly = negated ? `inequality(${x.code},${y.code})` : `equality(${x.code},${y.code},${node.at})`;
  const [constant, other] = x.constant === undefined ? [y, x] : [x, y];
  const value = constant.constant?.value;
  emit.charge(1);
  if (typeof value === 'string') {
    emit.line(`if(typeof ${other.code}==='string'){${same(other.code, constant.code)}`);
    emit.line(`${textCost(other.code, length(value))}}else{`);
  } else if (typeof value === 'boolean' || typeof value === 'number') {
    emit.line(`if(typeof ${other.code}==='${typeof value}'){${same(other.code, constant.code)}}else{`);
  } else if (value === null) {
    emit.line(`if(${other.code}===null){${result}=${!negated};}else{`);
  } else {
    const [a, b] = [x.code, y.code];
    emit.line(`if(typeof ${a}==='string'&&typeof ${b}==='string'){`);
    emit.line(`${same(a, b)}c+=comparingTexts(${a},${b})-1;}`);
    emit.line(`else if(typeof ${a}===typeof ${b}&&typeof ${a}!=='object'&&typeof ${a}!=='bigint'){`);
    emit.line(`${same(a, b)}}else{`);
  }
  emit.line(`${result}=${exactly};c+=last.cost-1;`);
  emit.failIf(`typeof ${result}!=='boolean'`, result);
  emit.line('}');
  return held(result, 'bool');
}

/** What comparing a text with one of a known size costs, beyond 1. */
function textCost(text: string, size: number): string {
  if (size === 0) return 'c--;';
  return size <= 10 ? `if(${text}==='')c--;` : `c+=comparing(${text},${size})-1;`;
}

function comparison(generator: Generator, node: CallNode): Operand {
  const { emit } = generator;
  const operator = node.function.slice(1, -1);
  if (node.cost === undefined) emit.charge(1);
  const [x, y] = both(generator, node.args);
  const [a, b] = [x.code, y.code];
  const result = emit.temporary();
  // NaN has no order, which the general comparison reports.
  const tests = [x, y]
    .filter(({ constant }) => constant === undefined || typeof constant.value !== 'number')
    .flatMap(({ code, kind }) => [
      `typeof ${code}==='number'`,
      ...(kind === 'int' ? [] : [`${code}===${code}`]),
    ]);
  emit.line(`if(${tests.join('&&') || 'true'}){${result}=${a}${operator}${b};`);
  emit.line(`${node.cost === undefined ? '' : 'c++;'}}else{`);
  emit.line(`${result}=call2(${emit.constant(node.invoke)},${a},${b},${node.at});`);
  if (node.cost !== undefined) emit.line(`c+=${costCode(generator, node, [a, b], result)};`);
  emit.failIf(`typeof ${result}!=='boolean'`, result);
  emit.line('}');
  return held(result, 'bool');
}

const textMethods: Readonly<Record<string, string>> = {
  startsWith: 'startsWith',
  endsWith: 'endsWith',
  contains: 'includes',
};

function textTest(generator: Generator, node: CallNode): Operand {
  const { emit } = generator;
  const [text, part] = both(generator, node.args);
  const [a, b] = [text.code, part.code];
  const result = emit.temporary();
  const tests = [text, part]
    .filter(({ kind }) => kind !== 'string')
    .map(({ code }) => `typeof ${code}==='string'`);
  const textReading = readingOf(generator, text);
  const partCost = readingOf(generator, part);
  emit.line(`if(${tests.join('&&') || 'true'}){`);
  emit.line(`${result}=${a}.${textMethods[node.function]!}(${b});`);
  emit.line(`c+=${textReading}${node.function === 'contains' ? `*${partCost}` : ''};}else{`);
  emit.line(`${result}=call2(${emit.constant(node.invoke)},${a},${b},${node.at});`);
  emit.line(`c+=${costCode(generator, node, [a, b], result)};`);
  emit.failIf(`typeof ${result}!=='boolean'`, result);
  emit.line('}');
  return held(result, 'bool');
}

/** What reading a text costs: of one that comes from a load it is computed once, outside of the loops around it. */
function readingOf({ emit }: Generator, { code, constant, load }: Operand): string {
  if (constant !== undefined) return String(readingCost(constant.value));
  if (load === undefined || !emit.isLoaded(load)) return `reading(${code})`;
  const cost = emit.load(`reading ${load}`, load, `typeof ${load}==='string'?reading(${load}):-1`);
  return `(${cost}<0?reading(${code}):${cost})`;
}

function readingCost(value: Value): number {
  return Math.ceil(costSize(value) * 0.1);
}

/** A match against a pattern that is known. */
function pattern(generator: Generator, node: CallNode, source: string): Operand {
  const { emit } = generator;
  const { code } = generator.certain(node.args[0]!);
  const regex = compileRegex(source);
  if (node.cost === undefined) emit.charge(1);
  const result = emit.temporary();
  const error = emit.constant(new CelError('no such overload', node.at));
  emit.line(`if(typeof ${code}==='string'){`);
  if (node.cost !== undefined) {
    const perText = Math.ceil(length(source) * 0.25);
    emit.line(`c+=Math.ceil((1+length(${code}))*0.1)*${perText};`);
  }
  if (regex instanceof Regex) emit.line(`${result}=${emit.constant(regex)}.test(${code});`);
  else emit.failIf('true', emit.constant(new CelError(regex.message, node.at)));
  emit.line('}else{');
  if (node.cost !== undefined) {
    const constant = emit.literal(source);
    emit.line(`c+=${costCode(generator, node, [code, constant], error)};`);
  }
  emit.failIf('true', error);
  emit.line('}');
  return held(result, 'bool');
}

function hasValue(generator: Generator, node: CallNode): Operand {
  generator.emit.charge(1);
  const present = generator.present(node.args[0]!);
  generator.emit.failIf(`${present} instanceof Failure`, present);
  return { code: `${present}!==undefined`, kind: 'bool', failure: false, atomic: false };
}

function size(generator: Generator, node: CallNode): Operand {
  const { emit } = generator;
  if (node.cost !== undefined) return plainCall(generator, node);
  emit.charge(1);
  const operand = generator.atom(node.args[0]!);
  const { code } = operand;
  if (operand.kind === 'list') return held(emit.hold(`${code}.length`), 'int');
  const result = emit.hold(
    `typeof ${code}==='string'?length(${code}):Array.isArray(${code})?${code}.length:sizeOf(${code},${node.at})`,
  );
  emit.failIf(`typeof ${result}!=='number'`, result);
  return held(result, 'int');
}

/** `element in collection`. */
function membership(generator: Generator, node: CallNode): Operand {
  const { emit } = generator;
  const [element, collection] = operands(generator, node) as [Operand, Operand];
  const [a, b] = [element.code, collection.code];
  const result = emit.temporary();
  const failing = [element, collection].filter(({ failure }) => failure).map(({ code }) => code);
  if (failing.length > 0) {
    const failure = failing.length === 1 ? failing[0]! : `firstFailure(${a},${b})`;
    const condition = failing.map((code) => `${code} instanceof Failure`).join('||');
    const cost = node.cost === undefined ? '' : `c+=${costCode(generator, node, [a, b], failure)};`;
    emit.line(`if(${condition}){${emit.jump(emit.fail, `${cost}E=${failure};`)}}`);
  }
  emit.line(`${result}=contains(${b},${a},${node.at});`);
  if (node.cost !== undefined) {
    emit.line(`c+=Array.isArray(${b})?${b}.length:${costCode(generator, node, [a, b], result)};`);
  }
  emit.failIf(`typeof ${result}!=='boolean'`, result);
  return held(result, 'bool');
}

/** `+`, which is mostly of texts and small ints. */
function sum(generator: Generator, node: CallNode): Operand {
  const { emit } = generator;
  if (node.cost === undefined) emit.charge(1);
  const [x, y] = both(generator, node.args);
  const [a, b] = [x.code, y.code];
  const result = emit.temporary();
  const call = `call2(${emit.constant(node.invoke)},${a},${b},${node.at})`;
  if (node.cost === undefined) {
    emit.line(`if(typeof ${a}==='number'&&typeof ${b}==='number'&&Number.isInteger(${a})&&`);
    emit.line(`Number.isInteger(${b})&&Number.isSafeInteger(${result}=${a}+${b}));else ${result}=${call};`);
  } else {
    // The function itself refuses texts of enormous length.
    emit.line(`if(typeof ${a}==='string'&&typeof ${b}==='string'&&${a}.length+${b}.length<100000){`);
    emit.line(`${result}=${a}+${b};c+=Math.ceil((${lengthOf(x)}+${lengthOf(y)})*0.1);}`);
    emit.line(`else{${result}=${call};c+=${costCode(generator, node, [a, b], result)};}`);
  }
  return generator.result(result, 'any');
}

function lengthOf({ code, constant }: Operand): string {
  return typeof constant?.value === 'string' ? String(length(constant.value)) : `length(${code})`;
}
