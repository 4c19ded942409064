import type { CallNode, MacroNode, PlanNode } from '../plan/node.ts';
import type { Generator } from './generator.ts';
import type { Kind, Operand } from './operand.ts';

/** What a macro runs over, as code. */
export interface Range {
  /** The temporary that counts the rounds. */
  readonly index: string;
  /** How many rounds there are. */
  readonly count: string;
  /** The first variable of the macro. */
  readonly key: string;
  /** The variable that holds the element: the only or the second one. */
  readonly variable: string;
  /** Writes what sets the macro's variables in a round. */
  bind(): void;
}

/** The range of a macro, evaluated; one that is a sum of lists is not put together. */
export function generateRange(generator: Generator, node: MacroNode): Range {
  return node.slots.length === 2 ? pairs(generator, node) : singles(generator, node);
}

function singles(generator: Generator, node: MacroNode): Range {
  const { emit } = generator;
  const [index, variable] = [emit.temporary(), emit.temporary()];
  const whole = isConcatenation(node.range) ? undefined : generator.atom(node.range);
  const parts = whole === undefined ? sum(generator, node.range as CallNode) : [whole.code];
  const [first] = parts as [string];
  const load = whole?.load;
  const plain = load === undefined ? undefined : emit.hold('false');
  const operand = parts.length === 1 ? generator.emit.temporary() : first;
  if (operand !== first) emit.line(`${operand}=${first};`);
  emit.line(`if(!Array.isArray(${operand})){`);
  if (plain !== undefined) emit.line(`${plain}=${operand}?.constructor===Object;`);
  emit.line(`${operand}=elements(${operand},${node.at});`);
  emit.failIf(`${operand} instanceof Failure`, operand);
  emit.line('}');
  const lists = [operand, ...parts.slice(1)];
  const count = emit.hold(lists.map((code) => `${code}.length`).join('+'));
  return {
    index,
    count,
    key: variable,
    variable,
    bind: () => {
      emit.line(`${variable}=${elementOf(lists, index)};`);
      const kind = elementKind(node.range);
      const keyOf = load === undefined ? undefined : { load, plain: plain! };
      generator.bind(node.slots[0]!, { code: variable, kind, failure: kind === 'any', keyOf });
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
    index,
    count,
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
