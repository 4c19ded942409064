import { kindLines, typeLines } from './kinds.generated.ts';

/**
 * The Go type of a value in an API object, as far as decoding, printing and error texts need it. `name` is a named type's
 * printed name (`v1.DNSPolicy`), else undefined. `any` passes as it is (RawExtension, JSON schema values).
 */
export type GoType =
  | { kind: 'string' | 'bool' | 'int32' | 'int64' | 'float64' | 'bytes'; name: string | undefined }
  | { kind: 'quantity' | 'time' | 'microTime' | 'intOrString' | 'any' }
  | { kind: 'list'; item: GoType; name: string | undefined }
  | { kind: 'map'; value: GoType; name: string | undefined }
  | { kind: 'struct'; line: number };

/** A field of a struct, fields of embedded structs included. */
export interface GoField {
  /** JSON name. */
  readonly name: string;
  readonly type: GoType;
  /** A Go pointer: nil and zero differ. */
  readonly pointer: boolean;
  /** omitempty drops false, 0, "", nil and empty lists or maps; omitzero drops a zero time; else always printed. */
  readonly omit: 'empty' | 'zero' | 'never';
  /** Names of the embedded structs that lead to it; Go prints them in error paths. */
  readonly embedded: readonly string[];
}

/** A Go struct of the API, such as `core.v1.PodSpec`. */
export interface GoStruct {
  /** Unique: package group, package version and type name. */
  readonly name: string;
  readonly fields: readonly GoField[];
}

/** A kind that the API server serves. */
export interface ServedKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Line of its Go type; see `goStruct`. */
  readonly type: number;
}

const scalarKinds = { s: 'string', b: 'bool', i: 'int32', l: 'int64', d: 'float64', y: 'bytes' } as const;
const opaqueKinds = { q: 'quantity', t: 'time', m: 'microTime', o: 'intOrString', r: 'any' } as const;

let lines: string[] | undefined;
let served: Map<string, ServedKind> | undefined;
const structs: GoStruct[] = [];
/** Types by their notation: most fields have one of a few. */
const types = new Map<string, GoType>();

/** Every served kind by `apiVersion/kind`, such as `apps/v1/Deployment`. */
export function servedKinds(): ReadonlyMap<string, ServedKind> {
  if (served !== undefined) return served;
  served = new Map();
  for (const line of kindLines.trim().split('\n')) {
    const [apiVersion = '', kind = '', plural = '', scope, type = ''] = line.split(' ');
    served.set(`${apiVersion}/${kind}`, {
      apiVersion,
      kind,
      plural,
      namespaced: scope === 'n',
      type: Number.parseInt(type, 36),
    });
  }
  return served;
}

let servedByVersion: Map<string, Map<string, ServedKind>> | undefined;

/** One kind of the table; found without joining strings, as it is asked for with every object of a scan. */
export function servedKind(apiVersion: string, kind: string): ServedKind | undefined {
  if (servedByVersion === undefined) {
    servedByVersion = new Map();
    for (const served of servedKinds().values()) {
      const kinds = servedByVersion.get(served.apiVersion);
      if (kinds === undefined) servedByVersion.set(served.apiVersion, new Map([[served.kind, served]]));
      else kinds.set(served.kind, served);
    }
  }
  return servedByVersion.get(apiVersion)?.get(kind);
}

/** The struct of a table line; parsed at first use, since a scan touches a tenth of the table. */
export function goStruct(line: number): GoStruct {
  return structs[line] ?? parseStruct(line);
}

/** The field with a JSON name; undefined when the struct has none. */
export function fieldOf(struct: GoStruct, name: string): GoField | undefined {
  return struct.fields.find((field) => field.name === name);
}

/** What Go calls a type in its error texts: `v1.Affinity`, `[]string`, `map[string]string`. */
export function printGoType(type: GoType): string {
  switch (type.kind) {
    case 'struct':
      return printedName(goStruct(type.line));
    case 'list':
      return type.name ?? `[]${printGoType(type.item)}`;
    case 'map':
      return type.name ?? `map[string]${printGoType(type.value)}`;
    case 'bytes':
      return type.name ?? '[]uint8';
    case 'intOrString':
      return 'int32';
    case 'time':
    case 'microTime':
      return 'string';
    case 'quantity':
      return 'resource.Quantity';
    case 'any':
      return 'runtime.RawExtension';
    default:
      return type.name ?? type.kind;
  }
}

/** Go prints the last part of the package and the type: `v1.PodSpec`. */
function printedName(struct: GoStruct): string {
  return struct.name.slice(struct.name.indexOf('.') + 1);
}

/** The struct's bare name, as it stands in error paths: `PodSpec`. */
export function bareName(struct: GoStruct): string {
  return struct.name.slice(struct.name.lastIndexOf('.') + 1);
}

function parseStruct(index: number): GoStruct {
  lines ??= typeLines.trim().split('\n');
  const [name = '', ...tokens] = (lines[index] ?? '').split(' ');
  const fields: GoField[] = [];
  const struct: GoStruct = { name, fields };
  structs[index] = struct;
  for (const token of tokens) {
    if (token === '') continue;
    if (token.startsWith('&')) fields.push(...embeddedFields(token));
    else fields.push(parseField(token));
  }
  return struct;
}

function embeddedFields(token: string): GoField[] {
  const { type } = parseType(token, 1);
  if (type.kind !== 'struct') return [];
  const struct = goStruct(type.line);
  return struct.fields.map((field) => ({ ...field, embedded: [bareName(struct), ...field.embedded] }));
}

/**
 * A field is its JSON name, a flag (`?` omitempty, `~` omitzero, `!` neither) and a type; `&` starts an embedded struct.
 * A type is `*T` pointer, `[T` list, `{T` map from strings, `#n.` struct in line n (base 36), or a letter: s string, b bool,
 * i int32, l int64, d float64, y bytes, q quantity, t time, m microtime, o int or string, r anything. `@name` after a letter
 * and `%name` after a list or map give its Go name.
 */
function parseField(token: string): GoField {
  const flag = token.search(/[?!~]/);
  const pointer = token[flag + 1] === '*';
  const text = token.slice(flag + (pointer ? 2 : 1));
  let type = types.get(text);
  if (type === undefined) types.set(text, (type = parseType(text, 0).type));
  const omit = token[flag] === '?' ? 'empty' : token[flag] === '~' ? 'zero' : 'never';
  return { name: token.slice(0, flag), type, pointer, omit, embedded: [] };
}

function parseType(token: string, start: number): { type: GoType; end: number } {
  const letter = token[start] ?? '';
  if (letter === '*') return parseType(token, start + 1);
  if (letter === '#') {
    const end = token.indexOf('.', start);
    return { type: { kind: 'struct', line: Number.parseInt(token.slice(start + 1, end), 36) }, end: end + 1 };
  }
  if (letter === '[' || letter === '{') {
    const inner = parseType(token, start + 1);
    const { name, end } = parseName(token, inner.end, '%');
    if (letter === '[') return { type: { kind: 'list', item: inner.type, name }, end };
    return { type: { kind: 'map', value: inner.type, name }, end };
  }
  if (letter in opaqueKinds) {
    return { type: { kind: opaqueKinds[letter as keyof typeof opaqueKinds] }, end: start + 1 };
  }
  const kind = scalarKinds[letter as keyof typeof scalarKinds];
  if (kind === undefined) throw new Error(`kinds.generated.ts: no type at ${start} of ${token}`);
  const { name, end } = parseName(token, start + 1, '@');
  return { type: { kind, name }, end };
}

function parseName(token: string, start: number, mark: '@' | '%'): { name: string | undefined; end: number } {
  if (token[start] !== mark) return { name: undefined, end: start };
  const next = token.indexOf('%', start + 1);
  const end = next === -1 ? token.length : next;
  return { name: token.slice(start + 1, end), end };
}
