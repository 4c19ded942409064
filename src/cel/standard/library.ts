import type { Library } from '../library.ts';
import {
  boolType,
  bytesType,
  doubleType,
  durationType,
  intType,
  listType,
  mapType,
  nullType,
  stringType,
  timestampType,
  typeParameter,
  typeType,
  uintType,
} from '../type.ts';
import { conversions } from './conversions.ts';
import { operators } from './operators.ts';
import { strings } from './strings.ts';
import { time } from './time.ts';

export { optionalLibrary } from './optional.ts';

const a = typeParameter('A');
const b = typeParameter('B');

/**
 * What every CEL environment has: operators, conversions, `size`, string tests, getters of time, and the names of the
 * standard types. Overload ids and semantics are cel-go's (`common/stdlib/standard.go`).
 */
export const standardLibrary: Library = {
  name: 'standard',
  types: [
    boolType,
    bytesType,
    doubleType,
    durationType,
    intType,
    listType(a),
    mapType(a, b),
    nullType,
    stringType,
    timestampType,
    typeType(),
    uintType,
  ],
  overloads: [operators, conversions, strings, time].flatMap((library) => library.overloads),
};
