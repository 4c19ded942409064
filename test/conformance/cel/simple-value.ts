import type { Value as ValueMessage } from '@bufbuild/cel-spec/cel/expr/value_pb.js';
import type { SimpleTest } from '@bufbuild/cel-spec/cel/expr/conformance/test/simple_pb.js';
import type { Type as TypeMessage } from '@bufbuild/cel-spec/cel/expr/checked_pb.js';
import { anyIs, anyUnpack } from '@bufbuild/protobuf/wkt';
import { DurationSchema, TimestampSchema } from '@bufbuild/protobuf/wkt';

import type { Environment } from '../../../src/cel/environment.ts';
import { listsV3 } from '../../../src/cel/extension/lists.ts';
import { stringsV2 } from '../../../src/cel/extension/strings.ts';
import { mapFrom } from '../../../src/cel/map.ts';
import {
  existsOneMacro,
  mergeMacros,
  optionalMacros,
  sortByMacro,
  standardMacros,
  twoVariableMacros,
} from '../../../src/cel/syntax/macro.ts';
import type { Type } from '../../../src/cel/type.ts';
import { double, Duration, int, Timestamp, TypeValue, Uint, type Value } from '../../../src/cel/value.ts';
import { suiteEnvironment, typeOf } from './proto-environment.ts';

/** The environment of one case with everything switched on that the suites use. */
export function extensionEnvironment(spec: SimpleTest): Environment {
  return suiteEnvironment(spec).extend({
    libraries: [stringsV2, listsV3],
    optionalSyntax: true,
    escapedIdentifiers: true,
    crossTypeComparisons: true,
    ...(spec.disableMacros
      ? {}
      : {
          macros: mergeMacros(standardMacros, optionalMacros, twoVariableMacros, sortByMacro, existsOneMacro),
        }),
  });
}

/** The type a case expects. */
export const deducedType = (message: TypeMessage): Type => typeOf(message);

/** A value of the suite as ours; throws on protobuf messages, which such cases must be skipped for. */
export function fromProto({ kind }: ValueMessage): Value {
  switch (kind.case) {
    case 'nullValue':
      return null;
    case 'boolValue':
    case 'stringValue':
    case 'bytesValue':
      return kind.value;
    case 'int64Value':
      return int(kind.value);
    case 'uint64Value':
      return new Uint(kind.value);
    case 'doubleValue':
      return double(kind.value);
    case 'typeValue':
      return new TypeValue(kind.value);
    case 'listValue':
      return kind.value.values.map(fromProto);
    case 'mapValue':
      return mapFrom(
        kind.value.entries.map(({ key, value }) => [fromProto(key!), fromProto(value!)] as const),
      );
    case 'objectValue': {
      if (anyIs(kind.value, TimestampSchema)) {
        const { seconds, nanos } = anyUnpack(kind.value, TimestampSchema)!;
        return new Timestamp(seconds * 1000000000n + BigInt(nanos));
      }
      if (anyIs(kind.value, DurationSchema)) {
        const { seconds, nanos } = anyUnpack(kind.value, DurationSchema)!;
        return new Duration(seconds * 1000000000n + BigInt(nanos));
      }
      throw new Error(`protobuf message ${kind.value.typeUrl}`);
    }
    default:
      throw new Error(`protobuf value ${kind.case}`);
  }
}
