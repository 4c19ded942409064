import type { CallCost, Implementation, Overload } from './library.ts';
import {
  boolType,
  bytesType,
  doubleType,
  durationType,
  dynType,
  intType,
  listType,
  mapType,
  nullType,
  opaqueType,
  stringType,
  timestampType,
  type Type,
  typeParameter,
  typeType,
  uintType,
} from './type.ts';

const named: Readonly<Record<string, Type>> = {
  bool: boolType,
  bytes: bytesType,
  double: doubleType,
  duration: durationType,
  dyn: dynType,
  int: intType,
  null: nullType,
  string: stringType,
  timestamp: timestampType,
  type: typeType(),
  uint: uintType,
};

/**
 * Declares one overload of a function.
 *
 * `signature` reads as documentation does: `string.startsWith(string) -> bool` is a method,
 * `size(list(A)) -> int` a function, single capital letters are type variables, any other unknown name is an opaque type
 * (`kubernetes.Quantity`, `optional_type(A)`). A function may have a qualified name: `function optional.of(A) -> ...`
 * with the word `function` in front. Operators have cel-go's names: `_+_(int, int) -> int`.
 *
 * Throws on a malformed signature, where its types are concerned when they are first asked for: that is a mistake in the
 * library, not in the input.
 */
export function overload(
  id: string,
  signature: string,
  implementation: Implementation,
  cost?: CallCost,
): Overload {
  return new DeclaredOverload(id, signature, implementation, cost);
}

/** The hundreds of overloads are declared whenever the program starts, but the types of few are ever asked for. */
class DeclaredOverload implements Overload {
  readonly id: string;
  readonly name: string;
  readonly member: boolean;
  readonly implementation: Implementation;
  readonly cost: CallCost | undefined;
  readonly #signature: string;
  readonly #parts: Parts;
  #args: readonly Type[] | undefined;
  #result: Type | undefined;

  constructor(id: string, signature: string, implementation: Implementation, cost: CallCost | undefined) {
    this.id = id;
    this.implementation = implementation;
    this.cost = cost;
    this.#signature = signature;
    this.#parts = split(signature);
    this.name = this.#parts.name;
    this.member = this.#parts.receiver !== '';
  }

  get args(): readonly Type[] {
    if (this.#args !== undefined) return this.#args;
    const { receiver, args } = this.#parts;
    const types = args === '' ? [] : new TypeReader(args, this.#signature).types();
    if (receiver !== '') types.unshift(new TypeReader(receiver, this.#signature).only());
    return (this.#args = types);
  }

  get result(): Type {
    return (this.#result ??= new TypeReader(this.#parts.result, this.#signature).only());
  }
}

/** The texts a signature consists of; the receiver is empty for a function. */
interface Parts {
  readonly receiver: string;
  readonly name: string;
  readonly args: string;
  readonly result: string;
}

const arrow = ') -> ';

/** Finds the parenthesis that the arguments begin with from their end: a receiver may have parentheses of its own. */
function split(signature: string): Parts {
  const close = signature.lastIndexOf(arrow);
  const open = close < 0 ? -1 : opening(signature, close);
  if (open < 0) malformed(signature, signature);
  const args = signature.slice(open + 1, close);
  const result = signature.slice(close + arrow.length);
  const declared = signature.slice(0, open);
  if (declared.startsWith('function ')) return { receiver: '', name: declared.slice(9), args, result };
  const dot = declared.lastIndexOf('.');
  const name = declared.slice(dot + 1);
  if (name === '' || name.includes('(')) malformed(signature, declared);
  return { receiver: declared.slice(0, Math.max(dot, 0)), name, args, result };
}

/** The parenthesis that the one at `close` closes, or -1. */
function opening(text: string, close: number): number {
  let open = text.lastIndexOf('(', close);
  // Each `)` between the two belongs to another `(` further left.
  for (let inner = text.lastIndexOf(')', close - 1); inner > open && open >= 0;) {
    open = text.lastIndexOf('(', open - 1);
    inner = text.lastIndexOf(')', inner - 1);
  }
  return open;
}

class TypeReader {
  #rest: string;
  readonly #signature: string;
  constructor(text: string, signature: string) {
    this.#rest = text;
    this.#signature = signature;
  }

  /** The text as one type. */
  only(): Type {
    const type = this.#type();
    return this.#rest === '' ? type : malformed(this.#signature, this.#rest);
  }

  /** The text as types with commas between them. */
  types(): Type[] {
    const types = this.#types();
    return this.#rest === '' ? types : malformed(this.#signature, this.#rest);
  }

  #types(): Type[] {
    const types: Type[] = [];
    do types.push(this.#type());
    while (this.#take(/^, ?/) !== undefined);
    return types;
  }

  #type(): Type {
    const name = this.#take(/^[\w.]+/) ?? this.#fail();
    const parameters = this.#take(/^\(/) === undefined ? [] : this.#types();
    if (parameters.length > 0 && this.#take(/^\)/) === undefined) this.#fail();
    if (name === 'list') return listType(parameters[0] ?? this.#fail());
    if (name === 'map') return mapType(parameters[0] ?? this.#fail(), parameters[1] ?? this.#fail());
    if (name === 'type' && parameters.length === 1) return typeType(parameters[0]);
    if (/^[A-Z]$/.test(name)) return typeParameter(name);
    return named[name] ?? opaqueType(name, ...parameters);
  }

  #take(pattern: RegExp): string | undefined {
    const found = pattern.exec(this.#rest)?.[0];
    if (found !== undefined) this.#rest = this.#rest.slice(found.length);
    return found;
  }

  #fail(): never {
    malformed(this.#signature, this.#rest);
  }
}

function malformed(signature: string, at: string): never {
  throw new Error(`malformed signature ${JSON.stringify(signature)} at ${JSON.stringify(at)}`);
}
