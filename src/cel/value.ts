import type { Type } from './type.ts';

/**
 * A CEL value. Plain JSON is used as it is, nothing is converted:
 *
 * | CEL | JavaScript |
 * |---|---|
 * | int | integral `number` within 2^53 (never -0), `bigint` beyond |
 * | double | non-integral `number` (NaN and infinities too), else `Double` (`1.0`, `-0.0`) |
 * | uint | `Uint` |
 * | bool, string, null | themselves |
 * | bytes | `Uint8Array` |
 * | list | array |
 * | map | plain object when every key is a string, else `Map` |
 * | timestamp, duration | `Timestamp`, `Duration` |
 * | type | `TypeValue` |
 * | optional | `Optional` |
 * | a struct such as `Object{}` | `Struct` |
 * | a library's value (quantity, URL, ...) | a class that extends `Opaque` |
 *
 * A JSON number with no fraction is an int, as in an object that the API server decoded.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Double
  | Uint
  | Timestamp
  | Duration
  | TypeValue
  | Optional
  | Struct
  | Opaque
  | readonly Value[]
  | ValueMap
  | ReadonlyMap<Value, Value>;

/** A map whose keys are all strings. */
export interface ValueMap {
  readonly [key: string]: Value;
}

/** What an evaluation yields: a value, an error, or that it depends on something not known. */
export type Result = Value | CelError | Unknown;

/** A double whose value is integral; needed because JavaScript cannot tell `1.0` from `1`. */
export class Double {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** An unsigned 64-bit integer. */
export class Uint {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

/**
 * An instant: nanoseconds since 1970-01-01T00:00:00Z, between year 1 and 9999.
 *
 * `offset`, in seconds east of UTC, is the zone the text named (`+02:00`): it survives arithmetic and shows in
 * `string()` only; getters use UTC, and equality ignores it.
 */
export class Timestamp {
  readonly nanos: bigint;
  readonly offset: number;
  constructor(nanos: bigint, offset = 0) {
    this.nanos = nanos;
    this.offset = offset;
  }
}

/** A span of time in nanoseconds, a signed 64-bit integer as in Go. */
export class Duration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** A type as a value, what `type(x)` returns; types are equal when their names are. */
export class TypeValue {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** `optional.of(value)`, or `optional.none()` when `value` is undefined. */
export class Optional {
  static readonly none = new Optional(undefined);
  readonly value: Value | undefined;
  constructor(value: Value | undefined) {
    this.value = value;
  }
}

/** A value built by a struct literal: `Object{spec: ...}`, `JSONPatch{op: 'add', ...}`. */
export class Struct {
  readonly typeName: string;
  readonly fields: ReadonlyMap<string, Value>;
  constructor(typeName: string, fields: ReadonlyMap<string, Value>) {
    this.typeName = typeName;
    this.fields = fields;
  }
}

/** Base of the values that function libraries add. */
export abstract class Opaque {
  /** The CEL type's name, such as `kubernetes.Quantity`. */
  abstract readonly typeName: string;
  /** CEL's `==` between two values of this type. */
  abstract equals(other: Opaque): boolean;
  /** The size cel-go's cost tracker sees (only IP and CIDR have one, the bytes of their address). */
  costSize(): number {
    return 1;
  }
}

/** A field of a protobuf-like struct that an environment declares (`request.userInfo`). */
export interface StructField {
  readonly name: string;
  readonly type: Type;
}

/** What an evaluation yields in place of a value; one base, so that back ends can ask with one test. */
export abstract class Failure {
  declare protected readonly failure: true;
}

/** An evaluation error. It is a value, never thrown: `&&`, `||`, `?:` and the macros absorb it by CEL's rules. */
export class CelError extends Failure {
  /** The text cel-go gives, such as `no such key: spec`. */
  readonly message: string;
  /** Offset of the failing node in the expression, in UTF-16 units; -1 when the cause has none. */
  readonly offset: number;
  constructor(message: string, offset = -1) {
    super();
    this.message = message;
    this.offset = offset;
  }
}

/** The result depends on these inputs, which are not known (`request.userInfo`, `namespaceObject`, ...). */
export class Unknown extends Failure {
  readonly attributes: readonly string[];
  constructor(attributes: readonly string[]) {
    super();
    this.attributes = attributes;
  }
}

/** Both kinds of failure. */
export type AnyFailure = CelError | Unknown;

/** A CEL double as a value: integral ones need the box. */
export function double(value: number): number | Double {
  return Number.isInteger(value) ? new Double(value) : value;
}

/** A CEL int from a 64-bit integer: a number where that is exact. Callers check the 64-bit range themselves. */
export function int(value: bigint): number | bigint {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}
