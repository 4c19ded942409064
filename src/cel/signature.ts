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
 * Throws on a malformed signature: that is a mistake in the library, not in the input.
 */
export function overload(
  id: string,
  signature: string,
  implementation: Implementation,
  cost?: CallCost,
): Overload {
  const declared = new SignatureReader(signature).read();
  return { id, ...declared, implementation, cost };
}

class SignatureReader {
  #rest: string;
  readonly #signature: string;
  constructor(signature: string) {
    this.#signature = signature;
    this.#rest = signature;
  }

  read(): Pick<Overload, 'name' | 'member' | 'args' | 'result'> {
    const qualified = this.#take(/^function /) !== undefined;
    const receiver = qualified ? undefined : this.#receiver();
    const name = this.#expect(/^[^\s(]+/);
    this.#expect(/^\(/);
    const args = this.#types();
    this.#expect(/^ -> /);
    const result = this.#type();
    if (this.#rest !== '') this.#fail();
    return {
      name,
      member: receiver !== undefined,
      args: receiver === undefined ? args : [receiver, ...args],
      result,
    };
  }

  /** The type before the last dot of the name, if this is a method. */
  #receiver(): Type | undefined {
    const start = this.#rest;
    const open = /^(?:[\w.]+\()/.exec(start)?.[0];
    const plain = /^([\w.]+)\.(\w+)\(/.exec(start);
    if (plain !== null) {
      this.#rest = plain[1]!;
      const type = this.#type();
      this.#rest = start.slice(plain[1]!.length + 1);
      return type;
    }
    if (open === undefined) return undefined; // an operator such as `_+_`
    // `list(A).size()`: a parenthesised type followed by a dot; `size(list(A))` is not.
    const type = this.#attempt(() => {
      const t = this.#type();
      this.#expect(/^\./);
      return t;
    });
    if (type === undefined) this.#rest = start;
    return type;
  }

  #attempt<T>(read: () => T): T | undefined {
    const start = this.#rest;
    try {
      return read();
    } catch {
      this.#rest = start;
      return undefined;
    }
  }

  /** Comma-separated types up to and including the closing parenthesis. */
  #types(): Type[] {
    const types: Type[] = [];
    if (this.#take(/^\)/) !== undefined) return types;
    do types.push(this.#type());
    while (this.#take(/^, ?/) !== undefined);
    this.#expect(/^\)/);
    return types;
  }

  #type(): Type {
    const name = this.#expect(/^[\w.]+/);
    const parameters = this.#take(/^\(/) === undefined ? [] : this.#types();
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

  #expect(pattern: RegExp): string {
    return this.#take(pattern) ?? this.#fail();
  }

  #fail(): never {
    throw new Error(
      `malformed signature ${JSON.stringify(this.#signature)} at ${JSON.stringify(this.#rest)}`,
    );
  }
}
