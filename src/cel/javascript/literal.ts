import type { ListNode, MapNode, StructNode } from '../plan/node.ts';
import type { Generator } from './generator.ts';
import { held, type Operand } from './operand.ts';
import { quote } from './quote.ts';

/** What cel-go charges for a literal, even one that fails. Source: cel-go `common/cost.go`. */
const listCost = 10;
const mapCost = 30;
const structCost = 40;

/** `[a, ?b]`. */
export function generateList(generator: Generator, { elements, at }: ListNode): Operand {
  const { emit } = generator;
  emit.charge(listCost);
  if (!elements.some(({ optional }) => optional)) {
    const codes = elements.map(({ value }) => generator.certain(value).code);
    return held(emit.hold(`[${codes.join(',')}]`), 'list');
  }
  const list = emit.hold('[]');
  for (const { value, optional } of elements) {
    const { code } = generator.certain(value);
    if (optional) {
      emit.failIf(`!(${code} instanceof Optional)`, `noOptionalElement(${code},${at})`);
      emit.line(`if(${code}.value!==undefined)${list}.push(${code}.value);`);
    } else emit.line(`${list}.push(${code});`);
  }
  return held(list, 'list');
}

/** `{k: v, ?k: v}`; an entry whose optional value is none removes an earlier one of its key. */
export function generateMap(generator: Generator, node: MapNode): Operand {
  generator.emit.charge(mapCost);
  return record(generator, node) ?? entries(generator, node);
}

/** A map whose keys are different constant strings, as in `{'name': c.name}`. */
function record(generator: Generator, node: MapNode): Operand | undefined {
  const names = node.entries.map(({ key }) => (key.kind === 'constant' ? key.value : undefined));
  const isRecord = names.every((name) => typeof name === 'string' && name !== '__proto__');
  if (!isRecord || new Set(names).size < names.length || node.entries.some(({ optional }) => optional)) {
    return undefined;
  }
  const fields = node.entries.map(
    ({ value }, i) => `${quote(names[i] as string)}:${generator.certain(value).code}`,
  );
  return held(generator.emit.hold(`{${fields.join(',')}}`));
}

function entries(generator: Generator, node: MapNode): Operand {
  const { emit } = generator;
  const pairs = emit.hold('[]');
  for (const { key, value, optional } of node.entries) {
    const k = generator.certain(key).code;
    const { code } = generator.certain(value);
    if (optional) {
      emit.failIf(`!(${code} instanceof Optional)`, `noOptionalEntry(${k},${code},${node.at})`);
      emit.line(`if(${code}.value===undefined)${pairs}=without(${pairs},${k});`);
      emit.line(`else ${pairs}.push([${k},${code}.value]);`);
    } else emit.line(`${pairs}.push([${k},${code}]);`);
  }
  return held(emit.hold(`mapFrom(${pairs})`));
}

/** `Type{field: v}`. */
export function generateStruct(generator: Generator, { fields, typeName, at }: StructNode): Operand {
  const { emit } = generator;
  emit.charge(structCost);
  const pairs = emit.hold('[]');
  for (const { name, value, optional } of fields) {
    const { code } = generator.certain(value);
    if (optional) {
      emit.failIf(`!(${code} instanceof Optional)`, `noOptionalEntry(${quote(name)},${code},${at})`);
      emit.line(`if(${code}.value===undefined)${pairs}=without(${pairs},${quote(name)});`);
      emit.line(`else ${pairs}.push([${quote(name)},${code}.value]);`);
    } else emit.line(`${pairs}.push([${quote(name)},${code}]);`);
  }
  return held(emit.hold(`struct(${quote(typeName)},${pairs})`));
}
