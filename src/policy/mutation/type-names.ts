import { goQuote } from '../../cel/go-quote.ts';
import { isMap, mapEntries } from '../../cel/map.ts';
import { isConcatenation } from '../../cel/standard/concatenation.ts';
import { Struct, type Value } from '../../cel/value.ts';

/**
 * What is wrong with the names of `Object` types: inside a struct of type `Object.spec`, that of field `x` must be
 * `Object.spec.x`; lists and maps add nothing. Lists that `+` makes are not looked into. Undefined where all fit; the outermost may have any name.
 *
 * Source: apiserver `pkg/cel/mutation/dynamic/objects.go`, `CheckTypeNamesMatchFieldPathNames`.
 */
export function typeNameMismatch(root: Struct): string | undefined {
  const wrong: string[] = [];
  visit(root, root.typeName);
  return wrong.length === 0 ? undefined : `type mismatch: ${wrong.join('\n')}`;

  function visit(value: Value, expected: string): void {
    if (value instanceof Struct) {
      if (value.typeName !== expected) {
        const [got, wanted] = [goQuote(value.typeName), goQuote(expected)];
        wrong.push(
          `unexpected type name ${got}, expected ${wanted}, which matches field name path from root Object type`,
        );
      }
      for (const [name, field] of value.fields) visit(field, `${expected}.${name}`);
    } else {
      for (const item of parts(value)) visit(item, expected);
    }
  }
}

function parts(value: Value): readonly Value[] {
  if (Array.isArray(value)) return isConcatenation(value) ? [] : value;
  return isMap(value) ? mapEntries(value).map(([, part]) => part) : [];
}
