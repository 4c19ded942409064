import { bareName, fieldOf, goStruct, printGoType } from '../go-type.ts';
import type { GoField, GoType } from '../go-type.ts';

/** Where in an object: field names, map keys, list indexes. */
export type Path = readonly (string | number)[];

/** Why the API server would refuse to decode an object. */
export interface Problem {
  readonly path: Path;
  /** The server's whole message, as far as it depends on the object alone. */
  readonly message: string;
}

/** A problem as the decoder meets it. */
export interface Mismatch {
  readonly path: Path;
  /** What stands there, in Go's words (`string`, `number 1.5`); undefined when `detail` says it all. */
  readonly got: string | undefined;
  readonly detail: string | undefined;
  /** Go stops at once at a value that its own type refuses, and goes on after one of the wrong JSON type. */
  readonly fatal: boolean;
}

/**
 * The server's text for a value of the wrong type, such as `json: cannot unmarshal string into Go struct field
 * DeploymentSpec.spec.replicas of type int32`: innermost struct, path without indexes but with the names of embedded
 * structs, Go type (encoding/json UnmarshalTypeError).
 */
export function mismatchText(root: number, { path, got, detail }: Mismatch): string {
  if (got === undefined) return detail ?? '';
  let type: GoType = { kind: 'struct', line: root };
  let struct = '';
  const names: string[] = [];
  for (const step of path) {
    if (type.kind === 'list') type = type.item;
    else if (type.kind === 'map') type = type.value;
    else if (type.kind === 'struct') {
      const owner = goStruct(type.line);
      const field: GoField | undefined = fieldOf(owner, String(step));
      if (field === undefined) break;
      struct = bareName(owner);
      names.push(...field.embedded, field.name);
      type = field.type;
    } else if (type.kind === 'bytes') {
      return `json: cannot unmarshal ${got} into Go struct field ${struct}.${names.join('.')} of type uint8`;
    }
  }
  if (names.length === 0) return `json: cannot unmarshal ${got} into Go value of type ${printGoType(type)}`;
  return `json: cannot unmarshal ${got} into Go struct field ${struct}.${names.join('.')} of type ${printGoType(type)}`;
}

/** The order in which the server meets them: map keys sorted (YAML becomes JSON that way), lists as they stand. */
export function comparePaths(a: Path, b: Path): number {
  for (let index = 0; index < a.length && index < b.length; index++) {
    const [left, right] = [a[index] ?? '', b[index] ?? ''];
    if (left === right) continue;
    if (typeof left === 'number' && typeof right === 'number') return left - right;
    return String(left) < String(right) ? -1 : 1;
  }
  return a.length - b.length;
}

/** What Go calls the JSON type of a value in its errors. */
export function jsonTypeName(value: unknown): 'array' | 'object' | 'bool' | 'string' | 'number' {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'object') return 'object';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'number';
}
