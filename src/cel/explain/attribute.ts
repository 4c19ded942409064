import { fieldless, refuseKey } from '../closure/step.ts';
import { spend } from '../limit.ts';
import { isOptionalChain, keepsOptionalsClosed } from '../plan/chain.ts';
import type { IndexNode, PlanNode, SelectNode } from '../plan/node.ts';
import { fieldOf, hasField } from '../select.ts';
import { index, optionalIndex } from '../standard/operators.ts';
import { CelError, Failure, Optional, type Value } from '../value.ts';
import type { Explainer } from './explainer.ts';
import type { Path, Segment } from './path.ts';
import { child, reasons, segmentOf, type Traced } from './traced.ts';

/** `operand.field`, `operand.?field`, `has(operand.field)`; each step that is reached costs 1. */
export function explainSelect(explainer: Explainer, node: SelectNode): Traced {
  const operand = closed(explainer.node(node.operand), node.operand);
  spend(node.charge);
  const { field, at } = node;
  const failed = asksFurther(explainer, operand, field);
  if (failed !== undefined) return failed;
  if (explainer.variables(operand.value)) return variable(explainer, operand, node);
  const optional = operand.value instanceof Optional || node.optional || isOptionalChain(node.operand);
  const holder = heldBy(operand);
  if (holder === undefined)
    return node.test
      ? { value: false, ...asking(explainer, operand, field) }
      : none(explainer, operand, field);
  if (node.test) {
    const value = hasField(holder.value, field, at);
    const { path } = asking(explainer, holder, field);
    spend(optional && value !== true ? 0 : 1);
    return { value, from: path === undefined ? reasons(holder) : [path] };
  }
  const found = fieldOf(holder.value, field, at);
  spend(optional && (found === undefined || found instanceof CelError) ? 0 : 1);
  if (found !== undefined && !(found instanceof Failure)) {
    const part = child(holder, field, found);
    explainer.ask(part.path);
    return optional ? wrap(part) : part;
  }
  const asked = asking(explainer, holder, field);
  if (found instanceof Failure) return { value: found, ...asked };
  if (optional) return { value: Optional.none, ...asked };
  return { value: new CelError(`no such key: ${field}`, at), ...asked };
}

/** `operand[key]`, `operand[?key]`. */
export function explainIndex(explainer: Explainer, node: IndexNode): Traced {
  const operand = closed(explainer.node(node.operand), node.operand);
  spend(node.charge);
  if (operand.value instanceof Failure) return operand;
  const optional = operand.value instanceof Optional || node.optional || isOptionalChain(node.operand);
  const holder = heldBy(operand);
  if (holder === undefined) return operand;
  const key = explainer.node(node.key);
  const k = refuseKey(key.value, node.key);
  if (k instanceof Failure) {
    spend(optional ? 0 : 1);
    return k === key.value ? key : { value: k, from: reasons(key) };
  }
  const segment = segmentOf(k);
  const asked = asking(explainer, holder, segment);
  const result = optional
    ? optionalIndex(holder.value as Value, k as Value)
    : index(holder.value as Value, k as Value);
  const present = result instanceof Optional && optional ? result.value : result;
  spend(optional && (present === undefined || present instanceof CelError) ? 0 : 1);
  if (present instanceof CelError) return { value: new CelError(present.message, node.at), ...asked };
  if (present === undefined) return { value: Optional.none, ...asked };
  if (present instanceof Failure) return { value: present, ...asked };
  const found = holder.entries?.get(k as Value) ?? child(holder, segment, present);
  return optional ? wrap(found) : found;
}

/** A field of what is missing: the error stays, the path grows to what was asked for. */
function asksFurther(explainer: Explainer, operand: Traced, field: Segment): Traced | undefined {
  if (!(operand.value instanceof Failure)) return undefined;
  const missing = operand.value instanceof CelError && operand.value.message.startsWith('no such key: ');
  if (!missing || operand.path === undefined) return operand;
  return { value: operand.value, ...asking(explainer, operand, field) };
}

function none(explainer: Explainer, operand: Traced, field: Segment): Traced {
  return { value: Optional.none, ...asking(explainer, operand, field) };
}

/** Where a part would be, noted as asked for. */
function asking(explainer: Explainer, holder: Traced, key: Segment): { path?: Path; from?: readonly Path[] } {
  if (holder.path === undefined) return holder.from === undefined ? {} : { from: holder.from };
  const path = [...holder.path, key];
  explainer.ask(path);
  return { path };
}

function wrap(held: Traced): Traced {
  return { value: new Optional(held.value as Value), held };
}

/** An optional that a further step does not look into counts as a value without fields. */
function closed(operand: Traced, node: PlanNode): Traced {
  if (!(operand.value instanceof Optional) || !keepsOptionalsClosed(node)) return operand;
  return { value: fieldless, from: reasons(operand) };
}

/** What an optional holds; undefined for none. A value that is no optional holds itself. */
function heldBy(operand: Traced): Traced | undefined {
  if (!(operand.value instanceof Optional)) return operand;
  if (operand.value.value === undefined) return undefined;
  return operand.held ?? { ...operand, value: operand.value.value };
}

/** A policy's variable: explained on its own, once, and traced through; `has` evaluates it, too, as on the server. */
function variable(explainer: Explainer, operand: Traced, node: SelectNode): Traced {
  const { field, test, optional, at } = node;
  const variables = operand.value as unknown;
  if (!explainer.variables(variables)) return operand;
  const found = explainer.variable(variables, field);
  spend(optional && (found === undefined || found.value instanceof CelError) ? 0 : 1);
  if (found === undefined) {
    if (test) return { value: false };
    return { value: optional ? Optional.none : new CelError(`no such key: ${field}`, at) };
  }
  if (found.value instanceof Failure) return found;
  if (test) return { value: true, from: reasons(found) };
  return optional ? wrap(found) : found;
}
