import type { CallNode } from '../plan/node.ts';
import { compileRegex, Regex } from '../regex/index.ts';
import { costSize } from '../standard/size.ts';
import { CelError, type Value } from '../value.ts';
import { besideConstant, both, costCode, failingCost, hasOneConstant } from './argument.ts';
import type { Generator } from './generator.ts';
import { held, type Operand } from './operand.ts';
import { length } from './runtime.ts';

const textMethods: Readonly<Record<string, string>> = {
  startsWith: 'startsWith',
  endsWith: 'endsWith',
  contains: 'includes',
};

/** `startsWith`, `endsWith` and `contains` of texts. */
export function textTest(generator: Generator, node: CallNode): Operand {
  const { emit } = generator;
  const sole = hasOneConstant(node.args);
  const failing = sole ? failingCost(node) : 0;
  const [text, part] = sole ? besideConstant(generator, node.args, failing) : both(generator, node.args);
  emit.charge(-failing);
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
export function pattern(generator: Generator, node: CallNode, source: string): Operand {
  const { emit } = generator;
  const { code } = generator.certain(node.args[0]!);
  const regex = compileRegex(source);
  if (node.cost === undefined) emit.charge(1);
  const result = emit.temporary();
  emit.line(`if(typeof ${code}==='string'){`);
  if (node.cost !== undefined) {
    const perText = Math.ceil(length(source) * 0.25);
    emit.line(`c+=Math.ceil((1+length(${code}))*0.1)*${perText};`);
  }
  if (regex instanceof Regex) emit.line(`${result}=${emit.constant(regex)}.test(${code});`);
  else emit.failIf('true', emit.constant(new CelError(regex.message, node.at)));
  emit.line('}else{');
  const constant = emit.literal(source);
  emit.line(`${result}=call2(${emit.constant(node.invoke)},${code},${constant},${node.at});`);
  if (node.cost !== undefined) emit.line(`c+=${costCode(generator, node, [code, constant], result)};`);
  emit.failIf(`typeof ${result}!=='boolean'`, result);
  emit.line('}');
  return held(result, 'bool');
}
