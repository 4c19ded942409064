import { knowsSortKeys } from '../plan/call-cost.ts';
import { bindsOpaque } from '../closure/macro.ts';
import { isOptionalChain } from '../plan/chain.ts';
import type { MacroNode } from '../plan/node.ts';
import { outerOptionals } from '../plan/outer-due.ts';
import type { Generator } from './generator.ts';
import { condition, held, type Operand } from './operand.ts';
import { counted, generateRange, type Range } from './range.ts';

/**
 * A macro as a loop; what it yields, absorbs and is charged is that of cel-go's comprehension, which goes on after a
 * failure where that could still be absorbed, or where the rest is charged all the same.
 */
export function generateMacro(generator: Generator, node: MacroNode): Operand {
  switch (node.name) {
    case 'optMap':
    case 'optFlatMap':
      return optionalMap(generator, node);
    case 'sortBy':
      return sortBy(generator, node);
  }
  const range = generateRange(generator, node);
  switch (node.name) {
    case 'all':
      return quantifier(generator, node, range, false);
    case 'exists':
      return quantifier(generator, node, range, true);
    case 'exists_one':
      return existsOne(generator, node, range);
    case 'filter':
      return filtered(generator, node, range);
    case 'map':
    case 'transformList':
      return mapped(generator, node, range);
    case 'transformMap':
    case 'transformMapEntry':
      return mappedEntries(generator, node, range);
  }
}

/** The rounds of a macro; `write` does one. */
function rounds(generator: Generator, range: Range, write: () => void): void {
  const { emit } = generator;
  emit.loop(range.head, [range.index, range.key, range.variable], () => {
    emit.line('if(c>costLimit)spend(c);');
    range.bind();
    write();
  });
}

/**
 * One round that may fail: `write` goes on where nothing fails, `failed` is the code for a failure, which is in `E`.
 * Returns whether anything can.
 */
function attempt(generator: Generator, write: () => void, failed: string): boolean {
  const { emit } = generator;
  const [next, failing] = [emit.label(), emit.label()];
  emit.block(next, () => {
    emit.block(failing, () => {
      emit.failingTo(failing, write);
      if (failing.used) emit.leave(next);
    });
    if (failing.used) emit.line(failed);
  });
  return failing.used;
}

/** `all` stops at false, `exists` at true; failures before that are absorbed, else they are the result. */
function quantifier(generator: Generator, node: MacroNode, range: Range, decisive: boolean): Operand {
  const { emit } = generator;
  const { body, at } = node;
  // Reading the accumulator and testing it before each round: 2 for `all`, 3 for `exists` with its negation.
  const testing = decisive ? 3 : 2;
  emit.charge(1);
  const result = emit.hold(String(!decisive));
  const failure = emit.temporary();
  const start = emit.mark();
  const done = emit.label();
  emit.block(done, () => {
    let fails = false;
    rounds(generator, range, () => {
      emit.charge(testing + 1);
      fails = attempt(
        generator,
        () => {
          const test = generator.bool(body, at);
          const again = `if(${range.goesOn})c+=${testing};`;
          emit.line(
            `if(${decisive ? '' : '!'}(${test})){${emit.jump(done, `${again}${result}=${decisive};`)}}`,
          );
        },
        `${failure}=mergeFailures(${failure},E);`,
      );
    });
    if (!fails) return;
    emit.insert(start, `${failure}=undefined;`);
    emit.failIf(`${failure}!==undefined`, failure);
  });
  return held(result, 'bool');
}

/** The last failure counts, as cel-go's accumulator is replaced by each. */
function existsOne(generator: Generator, { body, at }: MacroNode, range: Range): Operand {
  const { emit } = generator;
  emit.charge(2);
  const count = emit.hold('0');
  const failure = emit.hold('undefined');
  rounds(generator, range, () => {
    attempt(generator, () => emit.line(`if(${generator.bool(body, at)}){c+=2;${count}++;}`), `${failure}=E;`);
  });
  emit.failIf(`${failure}!==undefined`, failure);
  return condition(`${count}===1`);
}

/** A survivor costs reading it and the accumulator, a list of one, and the concatenation. */
function filtered(generator: Generator, node: MacroNode, range: Range): Operand {
  const { emit } = generator;
  emit.charge(1);
  const list = emit.hold('[]');
  const failure = emit.hold('undefined');
  rounds(generator, range, () => {
    attempt(
      generator,
      () => emit.line(`if(${generator.bool(node.body, node.at)}){c+=13;${list}.push(${range.variable});}`),
      `${failure}=E;`,
    );
  });
  emit.failIf(`${failure}!==undefined`, failure);
  return held(bindsOpaque(node) ? emit.hold(`settledList(${list})`) : list, 'list');
}

/** What a round of `map` and its like costs beside the body: a list around a computed element is charged, too. */
function appending({ body }: MacroNode): number {
  return body.kind === 'constant' ? 2 : 12;
}

/** A failing filter replaces an earlier failure, a failing transformation does not, as in cel-go's accumulator. */
function mapped(generator: Generator, node: MacroNode, range: Range): Operand {
  const { emit } = generator;
  emit.charge(1);
  const list = emit.hold('[]');
  const failure = emit.hold('undefined');
  rounds(generator, range, () => {
    filterRound(generator, node, failure, () => {
      emit.charge(appending(node));
      attempt(
        generator,
        () => emit.line(`${list}.push(${generator.certain(node.body).code});`),
        `if(${failure}===undefined)${failure}=E;`,
      );
    });
  });
  emit.failIf(`${failure}!==undefined`, failure);
  return held(list, 'list');
}

/** Goes on with a round where the filter holds, if there is one. */
function filterRound(
  generator: Generator,
  { filter, at }: MacroNode,
  failure: string,
  write: () => void,
): void {
  if (filter === undefined) return write();
  const { emit } = generator;
  const kept = emit.hold('false');
  attempt(generator, () => emit.line(`${kept}=${generator.bool(filter, at)};`), `${failure}=E;`);
  emit.fork(kept, write);
}

/** `transformMap` and `transformMapEntry`; a key may come up only once. */
function mappedEntries(generator: Generator, node: MacroNode, range: Range): Operand {
  const { emit } = generator;
  const { body, at } = node;
  const single = node.name === 'transformMap';
  emit.charge(1);
  const map = emit.hold(`mapBuilder(${at})`);
  const failure = emit.hold('undefined');
  const write = (): void => {
    emit.charge(single ? 2 : 1);
    attempt(
      generator,
      () => {
        const { code } = generator.certain(body);
        const insert = single ? `insert(${range.key},${code})` : `insertAll(${code})`;
        emit.line(`if(${failure}===undefined)${failure}=${map}.${insert};`);
      },
      `if(${failure}===undefined)${failure}=E;`,
    );
  };
  rounds(generator, range, () => {
    filterRound(generator, node, failure, () => {
      emit.charge(1);
      // With three arguments cel-go stops at the failed accumulator.
      if (single) emit.fork(`${failure}===undefined`, write);
      else write();
    });
  });
  emit.failIf(`${failure}!==undefined`, failure);
  return held(emit.hold(`${map}.result()`));
}

/** cel-go evaluates the optional again when the variable is first read, and charges for that. */
function optionalMap(generator: Generator, node: MacroNode): Operand {
  const { emit } = generator;
  const flat = node.name === 'optFlatMap';
  emit.charge(1);
  emit.flush();
  // An outer variable is read for the first time only once.
  const outer = outerOptionals(node.range).flatMap(({ slot }) => generator.deferred(slot) ?? []);
  const before = emit.hold(['c', ...outer].join('+'));
  let present: string;
  const isChain = isOptionalChain(node.range);
  if (isChain) {
    present = generator.present(node.range);
    emit.failIf(`${present} instanceof Failure`, present);
  } else {
    const { code } = generator.certain(node.range);
    emit.failIf(`!(${code} instanceof Optional)`, `noOptional(${code},${node.at})`);
    present = emit.hold(`${code}.value`);
  }
  emit.flush();
  const deferred = emit.hold(`${['c', ...outer].join('+')}-${before}+1`);
  emit.charge(1);
  const result = emit.hold('none');
  emit.fork(`${present}!==undefined`, () => {
    // The unit that stands for none where there is no value, and for the new optional of `optMap`.
    if (flat) emit.charge(-1);
    // What an optional holds may be an error that shows when it is read: see `settled`.
    generator.bind(node.slots[0]!, { code: present, kind: 'any', failure: !isChain, deferred });
    const { code } = generator.certain(node.body);
    emit.line(`${result}=settledResult(${flat ? code : `new Optional(${code})`});`);
  });
  return held(result, 'any', true);
}

/** `sortBy` maps the list to its keys and sorts by them. */
function sortBy(generator: Generator, node: MacroNode): Operand {
  const { emit } = generator;
  const { range, body, slots, at } = node;
  emit.charge(3);
  const value = generator.atom(range).code;
  const list = emit.hold(`Array.isArray(${value})?${value}:elements(${value},${at})`);
  const result = emit.hold(`Array.isArray(${list})?undefined:${list}`);
  emit.fork(`${result}===undefined`, () => {
    const keys = emit.hold('[]');
    const failure = emit.hold('undefined');
    const [index, element] = [emit.temporary(), emit.temporary()];
    const every: Range = {
      ...counted(index, `${list}.length`),
      key: index,
      variable: element,
      bind: () => {
        emit.line(`${element}=${list}[${index}];`);
        generator.bind(slots[0]!, { code: element, kind: 'any', failure: true });
      },
    };
    rounds(generator, every, () => {
      emit.charge(appending(node));
      attempt(
        generator,
        () => emit.line(`${keys}.push(${generator.certain(body).code});`),
        `if(${failure}===undefined)${failure}=E;`,
      );
    });
    const known = knowsSortKeys(node);
    emit.line(known ? `c+=${failure}===undefined?sortingCost(${keys}):1;` : 'c++;');
    emit.failIf(`${failure}!==undefined`, failure);
    emit.line(`${result}=sorted(${value},${keys},${at});`);
  });
  return held(result, 'any', true);
}
