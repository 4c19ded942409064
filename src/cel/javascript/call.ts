import { readCost, resultCost, rewriteCost, unitCost } from '../extension/call-cost.ts';
import type { CallCost } from '../library.ts';
import { isOptionalChain } from '../plan/chain.ts';
import type { CallNode, PlanNode } from '../plan/node.ts';
import {
  besideConstant,
  both,
  costCode,
  failingCost,
  hasOneConstant,
  lengthOf,
  operands,
} from './argument.ts';
import { folded } from './fold.ts';
import type { Generator } from './generator.ts';
import { held, type Kind, type Operand } from './operand.ts';
import { length } from './runtime.ts';
import { pattern, textTest } from './text.ts';

/** A call of a function or strict operator: all arguments, then the function, charged as cel-go does. */
export function generateCall(generator: Generator, node: CallNode): Operand {
  return folded(generator, node) ?? special(generator, node) ?? plainCall(generator, node);
}

/**
 * Makes it known that a size is only compared with a number, against which a text of fewer UTF-16 units compares as it
 * does with its code points.
 */
function compareSize(generator: Generator, [a, b]: readonly PlanNode[]): void {
  const [constant, other] = a!.kind === 'constant' ? [a, b!] : [b!, a!];
  if (constant?.kind !== 'constant' || typeof constant.value !== 'number') return;
  if (other.kind === 'call' && other.function === 'size') generator.comparedWith.set(other, constant.value);
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

/** The common costs of calls that came to a result, which are all about texts, as code. */
function knownCost(cost: CallCost, [text]: readonly Operand[], result: string): string | undefined {
  if (cost === unitCost) return '1';
  const measured = cost === resultCost ? result : text?.code;
  if (cost !== resultCost && cost !== readCost && cost !== rewriteCost) return undefined;
  const size = `(typeof ${measured!}==='string'?length(${measured!}):costSize(${measured!}))`;
  return cost === readCost ? `Math.ceil(${size}*0.1)` : `Math.ceil(${size}*2*0.1)`;
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
  compareSize(generator, node.args);
  const sole = hasOneConstant(node.args);
  const failing = sole ? failingCost(node) : 0;
  const [x, y] = sole ? besideConstant(generator, node.args, failing) : both(generator, node.args);
  const result = emit.temporary();
  const negated = node.function === '_!=_';
  const same = (a: string, b: string): string => `${result}=${a}${negated ? '!' : '='}==${b};`;
  const exactly = negated ? `inequality(${x.code},${y.code})` : `equality(${x.code},${y.code},${node.at})`;
  const [constant, other] = x.constant === undefined ? [y, x] : [x, y];
  const value = constant.constant?.value;
  emit.charge(1 - failing);
  if (typeof value === 'string') {
    emit.line(`if(typeof ${other.code}==='string'){${same(other.code, constant.code)}`);
    emit.line(`${textCost(other.code, length(value))}}else{`);
  } else if (typeof value === 'boolean') {
    // Two comparisons of identity are faster than asking for the type.
    emit.line(`if(${other.code}===${value}){${result}=${!negated};}`);
    emit.line(`else if(${other.code}===${!value}){${result}=${negated};}else{`);
  } else if (typeof value === 'number') {
    emit.line(`if(typeof ${other.code}==='number'){${same(other.code, constant.code)}}else{`);
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
  compareSize(generator, node.args);
  const sole = node.cost === undefined && hasOneConstant(node.args);
  if (node.cost === undefined && !sole) emit.charge(1);
  const [x, y] = sole ? besideConstant(generator, node.args, 1) : both(generator, node.args);
  const [a, b] = [x.code, y.code];
  const result = emit.temporary();
  // NaN has no order, which the general comparison reports.
  const tests = [x, y]
    .filter(({ constant }) => typeof constant?.value !== 'number' || Number.isNaN(constant.value))
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
  const limit = generator.comparedWith.get(node);
  const ofText =
    limit === undefined ? `length(${code})` : `${code}.length<${limit}?${code}.length:length(${code})`;
  const result = emit.hold(
    `typeof ${code}==='string'?${ofText}:Array.isArray(${code})?${code}.length:sizeOf(${code},${node.at})`,
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
    const isList = node.type.kind === 'list';
    if (!isList) {
      emit.line(`if(typeof ${a}==='number'&&typeof ${b}==='number'&&Number.isInteger(${a})&&`);
      emit.line(`Number.isInteger(${b})&&Number.isSafeInteger(${result}=${a}+${b}));else `);
    }
    const lists = isList || node.type.kind === 'dyn';
    const joined = `Array.isArray(${a})&&Array.isArray(${b})?joined(${a},${b}):`;
    emit.line(`${result}=${lists ? joined : ''}${call};`);
  } else {
    // The function itself refuses texts of enormous length.
    emit.line(`if(typeof ${a}==='string'&&typeof ${b}==='string'&&${a}.length+${b}.length<100000){`);
    emit.line(`${result}=${a}+${b};c+=Math.ceil((${lengthOf(x)}+${lengthOf(y)})*0.1);}`);
    emit.line(`else{${result}=${call};c+=${costCode(generator, node, [a, b], result)};}`);
  }
  return generator.result(result, 'any');
}
