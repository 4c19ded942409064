import type { CallNode, MacroNode, PlanNode } from '../plan/node.ts';
import { partsOf } from '../plan/parts.ts';
import { isSameChain } from '../plan/same-chain.ts';
import type { Generator } from './generator.ts';
import type { Kind, Operand } from './operand.ts';

/** What a macro runs over, as code. */
export interface Range {
  /** What stands between `for` and the body. */
  readonly head: string;
  /** The condition under which the round at hand is not the last. */
  readonly goesOn: string;
  /** The temporary that counts the rounds. */
  readonly index: string;
  /** The first variable of the macro. */
  readonly key: string;
  /** The variable that holds the element: the only or the second one. */
  readonly variable: string;
  /** Writes what sets the macro's variables in a round. */
  bind(): void;
}

/** The range of a macro, evaluated; one that is a sum of lists is not put together. */
export function generateRange(generator: Generator, node: MacroNode): Range {
  if (node.slots.length === 2) return pairs(generator, node);
  return isIndexedByKey(node) ? keys(generator, node) : singles(generator, node);
}

/** The rounds of a macro over a number of elements. */
export function counted(index: string, count: string): Pick<Range, 'head' | 'goesOn' | 'index'> {
  const head = `${index}=0;${index}<${count};${index}++`;
  return { head, goesOn: `${index}+1<${count}`, index };
}

/** Whether a macro's body asks its range for what is under the macro's variable: then that is a map, for all one can tell. */
function isIndexedByKey({ range, slots, filter, body }: MacroNode): boolean {
  if (range.kind !== 'select') return false;
  const asks = (node: PlanNode): boolean =>
    (node.kind === 'index' &&
      node.key.kind === 'variable' &&
      node.key.slot === slots[0] &&
      isSameChain(node.operand, range)) ||
    partsOf(node).some(asks);
  return asks(body) || (filter !== undefined && asks(filter));
}

/** The keys of a plain object, whose values the engine then finds without a search; other maps, and lists, are given up. */
function keys(generator: Generator, node: MacroNode): Range {
  const { emit } = generator;
  const [index, variable] = [emit.temporary(), emit.temporary()];
  const load = generator.atom(node.range).load!;
  emit.line(`if(${load}?.constructor!==Object){${generator.giveUp()}}`);
  emit.line(`${index}=-1;`);
  const keysOf = { range: node.range, load };
  return {
    head: `${variable} in ${load}`,
    goesOn: `${index}+1<Object.keys(${load}).length`,
    index,
    key: variable,
    variable,
    bind: () => {
      emit.line(`${index}++;`);
      generator.bind(node.slots[0]!, { code: variable, kind: 'string', failure: false, keysOf });
    },
  };
}

function singles(generator: Generator, node: MacroNode): Range {
  const { emit } = generator;
  const [index, variable] = [emit.temporary(), emit.temporary()];
  const whole = isConcatenation(node.range) ? undefined : generator.atom(node.range);
  const parts = whole === undefined ? sum(generator, node.range as CallNode) : [whole.code];
  const [first] = parts as [string];
  const operand = parts.length === 1 ? generator.emit.temporary() : first;
  if (operand !== first) emit.line(`${operand}=${first};`);
  emit.line(`if(!Array.isArray(${operand})){`);
  emit.line(`${operand}=elements(${operand},${node.at});`);
  emit.failIf(`${operand} instanceof Failure`, operand);
  emit.line('}');
  const lists = [operand, ...parts.slice(1)];
  const count = emit.hold(lists.map((code) => `${code}.length`).join('+'));
  return {
    ...counted(index, count),
    key: variable,
    variable,
    bind: () => {
      emit.line(`${variable}=${elementOf(lists, index)};`);
      const kind = elementKind(node.range);
      generator.bind(node.slots[0]!, { code: variable, kind, failure: kind === 'any' });
    },
  };
}

/** The element at a position of several lists one after the other. */
function elementOf([list, ...rest]: readonly string[], index: string, before = ''): string {
  const place = before === '' ? index : `${index}-(${before})`;
  if (rest.length === 0) return `${list}[${place}]`;
  const end = before === '' ? `${list}.length` : `${before}+${list}.length`;
  return `${index}<${end}?${list}[${place}]:${elementOf(rest, index, end)}`;
}

/** Elements may be anything but where a literal tells. */
function elementKind(range: PlanNode): Kind {
  if (range.kind !== 'constant' || !Array.isArray(range.value)) return 'any';
  return range.value.every((element) => typeof element === 'string') && range.value.length > 0
    ? 'string'
    : 'any';
}

function isConcatenation(node: PlanNode): node is CallNode {
  return node.kind === 'call' && node.function === '_+_' && node.cost === undefined;
}

/** The lists of `a + b + c`; where one of them is none, what the sum comes to, as the first of them. */
function sum(generator: Generator, node: CallNode): string[] {
  const { emit } = generator;
  const calls: CallNode[] = [node];
  while (isConcatenation(calls[0]!.args[0]!)) calls.unshift(calls[0]!.args[0]);
  emit.charge(calls.length);
  const operands: Operand[] = [generator.caught(calls[0]!.args[0]!)];
  for (const { args } of calls) operands.push(generator.caught(args[1]!));
  const lists = operands.map(({ code }) => emit.hold(code));
  const tests = lists.map((code) => `Array.isArray(${code})`).join('&&');
  const growth = calls.map(
    (_, i) =>
      `grow(${lists
        .slice(0, i + 2)
        .map((code) => `${code}.length`)
        .join('+')});`,
  );
  emit.line(`if(${tests}){${growth.join('')}}else{`);
  calls.forEach(({ invoke, at }, i) => {
    emit.line(`${lists[0]}=call2(${emit.constant(invoke)},${lists[0]},${lists[i + 1]},${at});`);
  });
  emit.line(
    `${lists
      .slice(1)
      .map((code) => `${code}=nothing;`)
      .join('')}}`,
  );
  return lists;
}

/** Indexes and elements of a list, keys and values of a map. */
function pairs(generator: Generator, node: MacroNode): Range {
  const { emit } = generator;
  const operand = generator.atom(node.range).code;
  const found = emit.hold('undefined');
  emit.line(`if(!Array.isArray(${operand})){${found}=entries(${operand},${node.at});`);
  emit.failIf(`${found} instanceof Failure`, found);
  emit.line('}');
  const count = emit.hold(`(${found}===undefined?${operand}:${found}).length`);
  const [index, key, variable] = [emit.temporary(), emit.temporary(), emit.temporary()];
  return {
    ...counted(index, count),
    key,
    variable,
    bind: () => {
      emit.line(`if(${found}===undefined){${key}=${index};${variable}=${operand}[${index}];}`);
      emit.line(`else{${key}=${found}[${index}][0];${variable}=${found}[${index}][1];}`);
      generator.bind(node.slots[0]!, { code: key, kind: 'any', failure: false });
      generator.bind(node.slots[1]!, { code: variable, kind: 'any', failure: true });
    },
  };
}
