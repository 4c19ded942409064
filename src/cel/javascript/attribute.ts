import { isOptionalChain, isStep, keepsOptionalsClosed } from '../plan/chain.ts';
import type { IndexNode, PlanNode, SelectNode, VariableNode } from '../plan/node.ts';
import { isSameChain } from '../plan/same-chain.ts';
import { CelError } from '../value.ts';
import { numberOf } from '../variables.ts';
import type { Generator } from './generator.ts';
import { held, type Operand } from './operand.ts';
import { fieldLoad } from './property.ts';
import { quote } from './quote.ts';
import type { Chain, Step } from './runtime.ts';

type StepNode = SelectNode | IndexNode;

/** Where a chain of selections starts. */
interface Base {
  readonly code: string;
  /** The variable, where that is what it starts from. */
  readonly variable: VariableNode | undefined;
}

/** `operand.field`, `operand.?field`, `has(operand.field)`. */
export function generateSelect(generator: Generator, node: SelectNode): Operand {
  if (node.optional || isOptionalChain(node.operand)) {
    return node.test ? presenceInOptional(generator, node) : wrapped(generator, node);
  }
  return node.test ? presence(generator, node) : plainChain(generator, node);
}

/** `collection[key]` and `collection[?key]`. */
export function generateIndex(generator: Generator, node: IndexNode): Operand {
  if (node.optional || isOptionalChain(node.operand)) return wrapped(generator, node);
  return fieldName(node) === undefined ? element(generator, node) : plainChain(generator, node);
}

function wrapped(generator: Generator, node: StepNode): Operand {
  return held(generator.emit.hold(`wrap(${presentChain(generator, node)})`), 'any', true);
}

/** The field a step asks for; an index by a constant string is the same as a selection. */
function fieldName(node: StepNode): string | undefined {
  if (node.kind === 'select') return node.field;
  const { key } = node;
  return key.kind === 'constant' && typeof key.value === 'string' ? key.value : undefined;
}

function stepOf(node: StepNode): Step {
  return { field: fieldName(node)!, at: node.at, closed: keepsOptionalsClosed(node.operand) };
}

/** The steps of a chain without optional ones, in order, and what it starts from. */
function unchain(node: StepNode): { nodes: StepNode[]; root: PlanNode } {
  const nodes: StepNode[] = [node];
  let root = node.operand;
  while (isStep(root) && !root.optional && !isOptionalChain(root.operand)) {
    if (fieldName(root as StepNode) === undefined) break;
    nodes.unshift(root as StepNode);
    root = (root as StepNode).operand;
  }
  return { nodes, root };
}

function base(generator: Generator, root: PlanNode): Base {
  if (root.kind !== 'variable' || (root.local && root.type.kind === 'opaque')) {
    return { code: generator.atom(root).code, variable: undefined };
  }
  return { code: generator.root(root).code, variable: root.local ? undefined : root };
}

/** The chain as data, for the ways that property loads do not take. */
function chain(generator: Generator, { variable }: Base, nodes: readonly StepNode[]): string {
  const data: Chain = {
    missing: variable === undefined ? undefined : missing(variable),
    steps: nodes.map(stepOf),
  };
  return generator.emit.constant(data);
}

/** The loads of a chain, one after the other: the temporary of each, undefined from the first that came to nothing. */
function loads(generator: Generator, start: Base, nodes: readonly StepNode[]): string[] {
  let code = start.code;
  return nodes.map((node, i) => {
    const field = fieldName(node)!;
    code =
      i === 0 && start.variable?.type.kind === 'struct'
        ? ofVariables(generator, code, node, field)
        : generator.emit.load(`${code}.${field}`, code, fieldLoad(code, field));
    return code;
  });
}

/** A variable of a policy: its place among them is looked up once for each policy that shares this expression. */
function ofVariables(generator: Generator, object: string, { at }: StepNode, field: string): string {
  const { emit } = generator;
  const place = emit.temporary();
  const absent = emit.constant(new CelError(`no such key: ${field}`, at));
  const load = fieldLoad(object, field);
  const key = `${object}.${field}`;
  return emit.loadHere(
    key,
    `${object} instanceof Variables?(${place}=${object}.layout.places[${numberOf(field)}])===undefined?${absent}:${object}.at(${place}):${load}`,
  );
}

/** `a.b.c`: property loads, and where they come to nothing, for whatever reason, the exact way. */
function plainChain(generator: Generator, node: StepNode): Operand {
  const { emit } = generator;
  const { nodes, root } = unchain(node);
  for (const { charge } of nodes) emit.charge(charge);
  const start = base(generator, root);
  const loaded = loads(generator, start, nodes);
  const last = loaded.at(-1)!;
  emit.charge(nodes.length);
  const result = emit.hold(last);
  emit.line(`if(${last}===undefined){`);
  missingKeys(generator, start, nodes, loaded, nodes.length);
  emit.line(`${result}=follow(${start.code},${chain(generator, start, nodes)});`);
  emit.line(`c+=last.cost-${nodes.length};`);
  emit.failIf(`${result} instanceof Failure`, result);
  emit.line('}');
  return held(result, 'any', true, last);
}

/**
 * The errors of fields that plain objects do not have: all that fails on most ways, so none is made while evaluating.
 * `charged` is what was charged for the whole chain, of which only the steps up to the failing one count.
 */
function missingKeys(
  generator: Generator,
  start: Base,
  nodes: readonly StepNode[],
  loaded: readonly string[],
  charged: number,
): void {
  const { emit } = generator;
  nodes.forEach((node, i) => {
    const holder = i === 0 ? start.code : loaded[i - 1]!;
    const error = new CelError(`no such key: ${fieldName(node)!}`, node.at);
    emit.charge(i + 1 - charged);
    emit.failIf(`${loaded[i]!}===undefined&&${holder}?.constructor===Object`, emit.constant(error));
    emit.charge(charged - i - 1);
  });
}

/** `has(a.b.c)`. */
function presence(generator: Generator, node: SelectNode): Operand {
  const { emit } = generator;
  const { nodes, root } = unchain(node);
  for (const { charge } of nodes) emit.charge(charge);
  const start = base(generator, root);
  if (nodes.length === 1 && start.variable?.type.kind === 'struct') {
    // Asking whether a policy has a variable does not evaluate it.
    return followed(generator, `followHas(${start.code},${chain(generator, start, nodes)})`);
  }
  const all = loads(generator, start, nodes);
  const loaded = all.at(-1)!;
  const holder = all.at(-2) ?? start.code;
  emit.charge(nodes.length);
  const result = emit.hold('true');
  emit.line(`if(${loaded}===undefined){${result}=false;if(${holder}?.constructor!==Object){`);
  missingKeys(generator, start, nodes.slice(0, -1), all, nodes.length);
  emit.line(`${result}=followHas(${start.code},${chain(generator, start, nodes)});`);
  emit.line(`c+=last.cost-${nodes.length};`);
  emit.failIf(`${result} instanceof Failure`, result);
  emit.line('}}');
  if (!generator.spokenFor.has(node)) {
    emit.line(`else if(${loaded} instanceof Unknown){${emit.jump(emit.fail, `E=${loaded};`)}}`);
  }
  return held(result, 'bool');
}

function followed(generator: Generator, code: string): Operand {
  const { emit } = generator;
  const result = emit.hold(code);
  emit.line('c+=last.cost;');
  return generator.result(result, 'bool');
}

/** `has` of a field behind optional steps. */
function presenceInOptional(generator: Generator, { operand, field, at, charge }: SelectNode): Operand {
  generator.emit.charge(charge);
  const present = presentOperand(generator, operand);
  return followed(generator, `hasOfOptional(${present},${quote(field)},${at})`);
}

/** What the operand of a step holds; an optional that must stay closed counts as a value without fields. */
function presentOperand(generator: Generator, operand: PlanNode): string {
  if (isOptionalChain(operand)) return presentChain(generator, operand);
  const { code } = generator.atom(operand);
  return generator.emit.hold(
    keepsOptionalsClosed(operand) ? `${code} instanceof Optional?true:${code}` : `unwrap(${code})`,
  );
}

/** A chain with optional steps: a temporary with what it has come to, undefined for none; it may be a failure. */
export function presentChain(generator: Generator, node: PlanNode): string {
  const step = node as StepNode;
  if (fieldName(step) === undefined) return presentElement(generator, step as IndexNode);
  const nodes: StepNode[] = [];
  let operand: PlanNode = step;
  while (isOptionalChain(operand) && fieldName(operand as StepNode) !== undefined) {
    nodes.unshift(operand as StepNode);
    operand = (operand as StepNode).operand;
  }
  return presentFields(generator, nodes, operand);
}

function presentFields(generator: Generator, nodes: readonly StepNode[], operand: PlanNode): string {
  const { emit } = generator;
  for (const { charge } of nodes) emit.charge(charge);
  const start = isOptionalChain(operand) ? presentChain(generator, operand) : generator.atom(operand).code;
  const result = emit.temporary();
  const data = chain(generator, { code: start, variable: undefined }, nodes);
  const done = emit.label();
  emit.block(done, () => {
    let code = start;
    nodes.forEach((node, i) => {
      const field = fieldName(node)!;
      const holder = code;
      code = emit.load(`${holder}.${field}`, holder, fieldLoad(holder, field));
      emit.line(`if(${code}===undefined){`);
      emit.line(`${result}=undefined;`);
      emit.line(
        `if(${holder}!==undefined&&${holder}?.constructor!==Object){${result}=followOptional(${holder},${data},${i});c+=last.cost;}`,
      );
      emit.line(`${emit.jump(done)}}`);
      emit.charge(1);
    });
    emit.line(`${result}=${code};`);
  });
  return result;
}

function presentElement(generator: Generator, { operand, key, at, charge }: IndexNode): string {
  const { emit } = generator;
  emit.charge(charge);
  const collection = presentOperand(generator, operand);
  const result = emit.hold('undefined');
  emit.fork(
    `${collection} instanceof Failure`,
    () => emit.line(`${result}=${collection};`),
    () => {
      emit.fork(`${collection}!==undefined`, () => {
        const { code } = generator.certain(key);
        emit.line(`${result}=at(${collection},${code});`);
        emit.line(`if(${result}!==undefined)c++;else if(!absent(${collection},${code})){`);
        emit.line(
          `${result}=indexedOptional(${collection},${code},false,${emit.constant(key)},${at});c+=last.cost;}`,
        );
      });
    },
  );
  return result;
}

/** `collection[key]` with any key but a constant text. */
function element(generator: Generator, node: IndexNode): Operand {
  const { emit } = generator;
  const { operand, key, at, charge } = node;
  const closed = keepsOptionalsClosed(operand);
  emit.charge(charge);
  const own = entry(generator, node);
  if (own !== undefined) return own;
  const holder = generator.certain(operand);
  const collection = holder.code;
  const result = emit.hold(collection);
  const found = (): void => {
    emit.charge(1);
    const failed = emit.label();
    const done = emit.label();
    let k = '';
    emit.block(done, () => {
      emit.block(failed, () => {
        k = emit.failingTo(failed, () => generator.certain(key).code);
        if (failed.used) emit.leave(done);
      });
      if (!failed.used) return;
      if (!closed) emit.line(`if(${collection} instanceof Optional)c--;`);
      emit.leave(emit.fail);
    });
    emit.line(`${result}=at(${collection},${k});`);
    emit.line(`if(${result}===undefined){`);
    emit.line(`${result}=indexed(${collection},${k},${closed},${emit.constant(key)},${at});c+=last.cost-1;`);
    emit.failIf(`${result} instanceof Failure`, result);
    emit.line('}');
  };
  if (closed) found();
  else emit.fork(`${collection}!==none`, found);
  return held(result, 'any', true);
}

/** The value under a key of the plain object whose keys the macro around runs over. */
function entry(generator: Generator, { operand, key }: IndexNode): Operand | undefined {
  const { emit } = generator;
  const keys = generator.keysOf(key);
  if (keys === undefined || !isStep(operand) || !isSameChain(operand, keys.range)) return undefined;
  const { nodes, root } = unchain(operand);
  for (const { charge } of nodes) emit.charge(charge);
  base(generator, root);
  emit.charge(nodes.length + 1);
  const value = emit.hold(`${keys.load}[${generator.atom(key).code}]`);
  emit.line(`if(${value}===undefined){${generator.giveUp()}}`);
  return held(value, 'any', true);
}

/** The error of a variable that the activation lacks. */
export function missing({ name, at }: VariableNode): CelError {
  return new CelError(`no such attribute(s): ${name}`, at);
}
