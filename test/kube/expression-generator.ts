import { groupBy } from '../../src/model/group-by.ts';
import type { Overload } from '../../src/cel/library.ts';
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
  optionalType,
  stringType,
  timestampType,
  type Type,
  typeType,
  uintType,
} from '../../src/cel/type.ts';

/** What `object` is in generated expressions: every value that a path below may meet. */
export const sampleObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'web-1',
    namespace: 'shop',
    labels: { app: 'web', 'app.kubernetes.io/name': 'shop', tier: '' },
    annotations: {},
    generation: 3,
    creationTimestamp: '2024-02-29T12:30:45Z',
  },
  spec: {
    replicas: 2,
    big: 900719925474099,
    ratio: 0.5,
    paused: false,
    memory: '128Mi',
    address: '10.0.0.1',
    nothing: null,
    empty: [],
    numbers: [3, 1, 2, 2],
    mixed: [1, 'a', true, null, 1.5, [1], { a: 1 }],
    containers: [
      {
        name: 'app',
        image: 'registry.example.com/app:1.2.3',
        securityContext: { privileged: false },
        ports: [{ containerPort: 80 }],
      },
      { name: 'side', image: 'busybox', args: ['-c', 'sleep 1'] },
    ],
  },
};

/** What `request` and `namespaceObject` are in generated expressions: some of their fields, others are absent. */
export const sampleRequest = {
  kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
  requestKind: { group: 'apps', version: 'v1', kind: 'Deployment' },
  requestResource: { group: 'apps', version: 'v1', resource: 'deployments' },
  name: 'web-1',
  namespace: 'shop',
  operation: 'UPDATE',
  userInfo: { username: 'alice', groups: ['dev', 'system:authenticated'], extra: { scopes: ['a', 'b'] } },
  dryRun: false,
  options: { kind: 'UpdateOptions', apiVersion: 'meta.k8s.io/v1' },
};

export const sampleNamespace = {
  metadata: { name: 'shop', labels: { env: 'prod', team: '' }, generation: 4 },
  spec: { finalizers: ['kubernetes'] },
  status: { phase: 'Active' },
};

/** Paths whose types the environment declares. */
const typedPaths: readonly (readonly [path: string, type: Type])[] = [
  ['request.kind.kind', stringType],
  ['request.resource.resource', stringType],
  ['request.name', stringType],
  ['request.subResource', stringType],
  ['request.operation', stringType],
  ['request.userInfo.username', stringType],
  ['request.userInfo.uid', stringType],
  ['request.userInfo.groups', listType(stringType)],
  ['request.userInfo.extra', mapType(stringType, listType(stringType))],
  ['request.dryRun', boolType],
  ['request.options', dynType],
  ['request.options.kind', dynType],
  ['namespaceObject.metadata.name', stringType],
  ['namespaceObject.metadata.labels', mapType(stringType, stringType)],
  ['namespaceObject.metadata.annotations', mapType(stringType, stringType)],
  ['namespaceObject.metadata.generation', intType],
  ['namespaceObject.metadata.labels.env', stringType],
  ['namespaceObject.spec.finalizers', listType(stringType)],
  ['namespaceObject.status.phase', stringType],
];

const paths = [
  'object',
  'object.kind',
  'object.metadata',
  'object.metadata.name',
  'object.metadata.labels',
  'object.metadata.labels.app',
  "object.metadata.labels['app.kubernetes.io/name']",
  'object.metadata.generation',
  'object.metadata.creationTimestamp',
  'object.metadata.missing',
  'object.spec',
  'object.spec.replicas',
  'object.spec.big',
  'object.spec.ratio',
  'object.spec.paused',
  'object.spec.memory',
  'object.spec.address',
  'object.spec.nothing',
  'object.spec.empty',
  'object.spec.numbers',
  'object.spec.mixed',
  'object.spec.containers',
  'object.spec.containers[0]',
  'object.spec.containers[1].image',
  'object.spec.containers[9]',
  'object.missing.deeper',
  'oldObject',
];

const texts: Readonly<Record<string, readonly string[]>> = {
  any: [
    "''",
    "'a'",
    "'web'",
    "'a b'",
    "'ABC'",
    "'1'",
    "'-7'",
    "'1.5'",
    "'true'",
    "'é'",
    "'日本😀'",
    '"it\'s"',
    "r'\\d+'",
    "'a\\tb'",
    "'%s'",
    "'null'",
    "'x.y/z'",
  ],
  cidr: ["'10.0.0.0/8'", "'2001:db8::/32'", "'10.0.0.1/33'", "'1.2.3.4'"],
  duration: ["'1h'", "'90m'", "'1.5s'", "'-3ms'", "'2h45m'", "'0s'", "'100us'", "'24h'", "'x'"],
  format: ["'%s'", "'%d'", "'%s-%s'", "'%.2f'", "'%x'", "'%b'", "'100%%'", "'%e'", "'%q'", "'%'"],
  ip: ["'10.0.0.1'", "'::1'", "'192.168.1.1'", "'1.2.3'", "'fe80::1'"],
  matches: ["'^a'", "'[a-z]+'", "'\\\\d'", "'a|b'", "'['", "'(a'"],
  quantity: ["'1'", "'128Mi'", "'1.5G'", "'100m'", "'1e3'", "'abc'"],
  semver: ["'1.2.3'", "'2.0.0-rc.1'", "'v1.2'", "'1.0'"],
  timestamp: [
    "'2024-02-29T12:30:45Z'",
    "'1970-01-01T00:00:00.5+02:00'",
    "'9999-12-31T23:59:59Z'",
    "'2023-06-15T08:00:00-07:00'",
    "'0001-01-01T00:00:00Z'",
    "'2024-13-01T00:00:00Z'",
  ],
  url: ["'https://example.com:80/path?a=1'", "'http://[::1]/'", "'not a url'", "'/x'"],
  zone: ["'UTC'", "'+02:00'", "'America/New_York'", "'Nowhere'"],
};

/** Which texts suit the string arguments of a function. */
const suited: Readonly<Record<string, keyof typeof texts>> = {
  cidr: 'cidr',
  containsCIDR: 'cidr',
  containsIP: 'ip',
  duration: 'duration',
  find: 'matches',
  findAll: 'matches',
  ip: 'ip',
  'ip.isCanonical': 'ip',
  isCIDR: 'cidr',
  isIP: 'ip',
  isQuantity: 'quantity',
  isSemver: 'semver',
  isURL: 'url',
  matches: 'matches',
  quantity: 'quantity',
  semver: 'semver',
  timestamp: 'timestamp',
  url: 'url',
};

const numbers = {
  int: ['0', '1', '2', '-1', '7', '100', '9223372036854775807', '-9223372036854775808', '0x1F', '64'],
  uint: ['0u', '1u', '3u', '18446744073709551615u', '0x10u'],
  double: ['0.0', '1.0', '-1.5', '1e3', '0.1', '-0.0', '1e300', '2.0', '.5'],
};

const infix: Readonly<Record<string, string>> = {
  '_+_': '+',
  '_-_': '-',
  '_*_': '*',
  '_/_': '/',
  '_%_': '%',
  '_==_': '==',
  '_!=_': '!=',
  '_<_': '<',
  '_<=_': '<=',
  '_>_': '>',
  '_>=_': '>=',
  '@in': 'in',
  '_&&_': '&&',
  '_||_': '||',
};

const scalars: readonly Type[] = [
  boolType,
  intType,
  uintType,
  doubleType,
  stringType,
  bytesType,
  durationType,
  timestampType,
];

interface Variable {
  readonly name: string;
  readonly type: Type;
}

/**
 * Writes random expressions for comparing this engine with the API server's: the same seed, the same expressions.
 *
 * They are built from types, so that most compile: calls come from the overloads given, whatever the libraries are.
 * `disorder` is the chance that an operand has a type of its own choice, which is how wrong expressions come about.
 */
export class ExpressionGenerator {
  private state: number;
  private readonly overloads: readonly Overload[];
  private readonly disorder: number;
  private scope: Variable[] = [];
  private names = 0;
  private readonly yielding = new Map<string, readonly (readonly Overload[])[]>();
  private readonly twoVariables: boolean;
  private readonly typedPaths: boolean;

  constructor(
    seed: number,
    overloads: readonly Overload[],
    options: { disorder?: number; twoVariables?: boolean; typedPaths?: boolean } = {},
  ) {
    this.state = seed >>> 0;
    this.overloads = overloads.filter(({ name }) => name === '@in' || !name.includes('@'));
    this.disorder = options.disorder ?? 0.03;
    this.twoVariables = options.twoVariables ?? true;
    this.typedPaths = options.typedPaths ?? false;
  }

  /** An expression of a type, or of any; `depth` bounds its nesting. */
  expression(type: Type = this.anyType(), depth = 3): string {
    this.scope = [];
    this.names = 0;
    return this.of(type, depth);
  }

  /** An expression whose text has been damaged: characters lost, doubled, swapped or added. */
  damaged(depth = 3): string {
    let text = this.expression(undefined, depth);
    for (let count = 1 + this.below(2); count > 0; count--) {
      const at = this.below(text.length + 1);
      const junk = this.pick([
        ...'()[]{}.,:?!&|=<>+-*/%\'"\\`#@ 1ax',
        '',
        '',
        '',
        '',
        '&&',
        ' in ',
        '..',
        '?:',
      ]);
      text = text.slice(0, at) + junk + text.slice(at + this.below(3));
    }
    // Half a surrogate pair cannot be sent: Go would read another character.
    return text.toWellFormed();
  }

  /** A number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  private random(): number {
    // mulberry32
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  private chance(probability: number): boolean {
    return this.random() < probability;
  }

  private anyType(): Type {
    const scalar = this.pick(scalars);
    switch (this.below(12)) {
      case 0:
        return listType(scalar);
      case 1:
        return mapType(stringType, scalar);
      case 2:
        return optionalType(scalar);
      case 3:
        return dynType;
      case 4:
        return this.pick([
          opaqueType('kubernetes.Quantity'),
          opaqueType('net.IP'),
          nullType,
          typeType(),
          listType(dynType),
        ]);
      case 5:
      case 6:
      case 7:
        return boolType;
      default:
        return scalar;
    }
  }

  private of(wanted: Type, depth: number, suits: keyof typeof texts = 'any'): string {
    const type = this.chance(this.disorder) ? this.anyType() : wanted;
    const known = this.scope.filter((variable) => sameText(variable.type, type));
    if (known.length > 0 && this.chance(0.5)) return this.pick(known).name;
    if (this.chance(0.06)) return this.dynamic(depth);
    const declared = this.typedPaths ? typedPaths.filter(([, known]) => sameText(known, type)) : [];
    if (declared.length > 0 && this.chance(0.1)) return this.pick(declared)[0];
    if (depth <= 0) return this.leaf(type, suits);
    const choice = this.below(10);
    if (choice === 0) return this.leaf(type, suits);
    if (choice === 1) {
      return `(${this.of(boolType, depth - 1)} ? ${this.of(type, depth - 1)} : ${this.of(type, depth - 1)})`;
    }
    if (choice <= 3) return this.macro(type, depth) ?? this.call(type, depth) ?? this.leaf(type, suits);
    if (choice === 4) return this.optional(type, depth);
    return this.call(type, depth) ?? this.leaf(type, suits);
  }

  /** Something whose type is not known: a path into the object, or `dyn(...)`. */
  private dynamic(depth: number): string {
    const known = this.scope.filter(({ type }) => type.kind === 'dyn');
    if (known.length > 0 && this.chance(0.5)) {
      return this.pick(known).name + this.pick(['', '', '.name', '.image', '[0]', '.missing']);
    }
    if (depth > 0 && this.chance(0.2)) return `dyn(${this.of(this.anyType(), depth - 1)})`;
    return this.pick(paths);
  }

  private optional(type: Type, depth: number): string {
    const path = this.pick(paths)
      .replace(/^object\./, 'object.?')
      .replace(/\]$/, ']');
    const fallback = this.of(type, depth - 1);
    switch (this.below(4)) {
      case 0:
        return `${path}.orValue(${fallback})`;
      case 1:
        return `optional.of(${fallback}).orValue(${this.of(type, depth - 1)})`;
      case 2:
        return `optional.none().orValue(${fallback})`;
      default:
        return `${this.bracketed(listType(type), depth - 1)}[?${this.of(intType, 1)}].orValue(${fallback})`;
    }
  }

  private call(type: Type, depth: number): string | undefined {
    const byName = this.candidates(type);
    if (byName.length === 0) return undefined;
    // one function of many overloads should not crowd out the others
    const overload = this.pick(this.pick(byName));
    const bound = new Map<string, Type>();
    matches(overload.result, type, bound);
    return this.written(overload, bound, depth);
  }

  /** The overloads that can yield a type, grouped by function. */
  private candidates(type: Type): readonly (readonly Overload[])[] {
    const key = JSON.stringify(type);
    const known = this.yielding.get(key);
    if (known !== undefined) return known;
    const yielding = this.overloads.filter(({ result }) => matches(result, type, new Map()));
    const groups = [...groupBy(yielding, ({ name }) => name).values()];
    this.yielding.set(key, groups);
    return groups;
  }

  private written(overload: Overload, bound: Map<string, Type>, depth: number): string {
    const suits = Object.hasOwn(suited, overload.name) ? suited[overload.name]! : 'any';
    // the server's range() allocates whatever it is asked for
    if (overload.name === 'lists.range') return `lists.range(${this.pick(['0', '3', '-1', '64'])})`;
    const args = overload.args.map((declared, index) => {
      const type = this.instance(declared, bound);
      if (overload.name.startsWith('get') && index === 1) return this.of(type, 0, 'zone');
      if (overload.name === 'format' && index === 0) return this.of(type, 0, 'format');
      if (overload.member && index === 0)
        return this.bracketed(type, depth - 1, suits === 'matches' ? 'any' : suits);
      return this.of(type, depth - 1, suits);
    });
    return written(overload, args);
  }

  private bracketed(type: Type, depth: number, suits?: keyof typeof texts): string {
    const text = this.of(type, depth, suits);
    return /^[\w.]+$/.test(text) && !/^\d/.test(text) ? text : `(${text})`;
  }

  private instance(declared: Type, bound: Map<string, Type>): Type {
    switch (declared.kind) {
      case 'parameter': {
        const type = bound.get(declared.name) ?? this.pick([...scalars, dynType]);
        bound.set(declared.name, type);
        return type;
      }
      case 'list':
        return listType(this.instance(declared.element, bound));
      case 'map':
        return mapType(this.instance(declared.key, bound), this.instance(declared.value, bound));
      case 'opaque':
        return opaqueType(declared.name, ...declared.parameters.map((type) => this.instance(type, bound)));
      case 'type':
        return typeType();
      default:
        return declared;
    }
  }

  private macro(type: Type, depth: number): string | undefined {
    if (type.kind === 'scalar' && type.name === 'bool') return this.quantifier(depth);
    if (type.kind === 'list') return this.listMacro(type.element, depth);
    if (type.kind === 'opaque' && type.name === 'optional_type') {
      const from = this.pick(scalars);
      const range = this.bracketed(optionalType(from), depth - 1);
      const name = this.newName();
      const [macro, body] = this.chance(0.5) ? ['optMap', type.parameters[0]!] : ['optFlatMap', type];
      return `${range}.${macro}(${name}, ${this.within([{ name, type: from }], body, depth - 1)})`;
    }
    if (type.kind === 'map' && this.twoVariables) {
      const name = this.newName();
      const value = this.newName();
      const from = this.pick(scalars);
      const range = this.bracketed(mapType(stringType, from), depth - 1);
      const scope = [
        { name, type: stringType },
        { name: value, type: from },
      ];
      const filter = this.chance(0.3) ? `${this.within(scope, boolType, depth - 1)}, ` : '';
      if (this.chance(0.3)) {
        const key = this.chance(0.5) ? name : this.within(scope, type.key, 0);
        const entry = `{${key}: ${this.within(scope, type.value, depth - 1)}}`;
        return `${range}.transformMapEntry(${name}, ${value}, ${filter}${entry})`;
      }
      return `${range}.transformMap(${name}, ${value}, ${filter}${this.within(scope, type.value, depth - 1)})`;
    }
    return undefined;
  }

  private quantifier(depth: number): string {
    if (this.chance(0.15)) return `has(${this.pick(paths.filter((path) => /\.\w+$/.test(path)))})`;
    const macro = this.pick(['all', 'exists', 'exists_one']);
    if (this.twoVariables && this.chance(0.15)) {
      const element = this.pick(scalars);
      const range = this.bracketed(listType(element), depth - 1);
      const scope = [
        { name: this.newName(), type: intType },
        { name: this.newName(), type: element },
      ];
      const body = this.within(scope, boolType, depth - 1);
      return `${range}.${macro}(${scope[0]!.name}, ${scope[1]!.name}, ${body})`;
    }
    const { range, variable } = this.range(depth);
    return `${range}.${macro}(${variable.name}, ${this.within([variable], boolType, depth - 1)})`;
  }

  private listMacro(element: Type, depth: number): string {
    if (this.twoVariables && this.chance(0.15)) return this.transformList(element, depth);
    const macro = this.pick(['map', 'filter', 'map3', 'sortBy']);
    if (macro === 'sortBy') {
      const range = this.bracketed(listType(element), depth - 1);
      const variable = { name: this.newName(), type: element };
      return `${range}.sortBy(${variable.name}, ${this.within([variable], this.pick(scalars), depth - 1)})`;
    }
    if (macro === 'filter') {
      const range = this.bracketed(listType(element), depth - 1);
      const variable = { name: this.newName(), type: element };
      return `${range}.filter(${variable.name}, ${this.within([variable], boolType, depth - 1)})`;
    }
    const { range, variable } = this.range(depth);
    const body = this.within([variable], element, depth - 1);
    if (macro === 'map') return `${range}.map(${variable.name}, ${body})`;
    return `${range}.map(${variable.name}, ${this.within([variable], boolType, depth - 1)}, ${body})`;
  }

  private transformList(element: Type, depth: number): string {
    const from = this.pick(scalars);
    const isMap = this.chance(0.4);
    const range = this.bracketed(isMap ? mapType(stringType, from) : listType(from), depth - 1);
    const scope = [
      { name: this.newName(), type: isMap ? stringType : intType },
      { name: this.newName(), type: from },
    ];
    const filter = this.chance(0.3) ? `${this.within(scope, boolType, depth - 1)}, ` : '';
    const body = this.within(scope, element, depth - 1);
    return `${range}.transformList(${scope[0]!.name}, ${scope[1]!.name}, ${filter}${body})`;
  }

  private range(depth: number): { range: string; variable: Variable } {
    const name = this.newName();
    if (this.chance(0.3)) {
      const range = this.pick([
        'object.spec.containers',
        'object.spec.numbers',
        'object.spec.mixed',
        'object.metadata.labels',
      ]);
      return { range, variable: { name, type: dynType } };
    }
    const type = this.pick(scalars);
    if (this.chance(0.2)) {
      return {
        range: this.bracketed(mapType(stringType, type), depth - 1),
        variable: { name, type: stringType },
      };
    }
    return { range: this.bracketed(listType(type), depth - 1), variable: { name, type } };
  }

  private within(variables: readonly Variable[], type: Type, depth: number): string {
    const outer = this.scope;
    this.scope = [...outer, ...variables];
    const text = this.of(type, depth);
    this.scope = outer;
    return text;
  }

  private newName(): string {
    return `v${this.names++}`;
  }

  private leaf(type: Type, suits: keyof typeof texts): string {
    switch (type.kind) {
      case 'scalar':
        return this.scalar(type.name, suits);
      case 'list':
        return `[${this.items(() => this.of(type.element, 0))}]`;
      case 'map':
        return `{${this.items(() => `${this.of(type.key, 0)}: ${this.of(type.value, 0)}`)}}`;
      case 'type':
        return this.pick(['int', 'string', 'type', 'list', 'type(1)', 'google.protobuf.Duration']);
      case 'opaque':
        return this.opaque(type);
      case 'struct':
        return type.name === 'kubernetes.AdmissionRequest' ? 'request' : 'namespaceObject';
      default:
        return this.pick(paths);
    }
  }

  private items(item: () => string): string {
    return Array.from({ length: this.below(4) }, item).join(', ');
  }

  private opaque(type: Type & { kind: 'opaque' }): string {
    if (type.name === 'optional_type') {
      return this.chance(0.3) ? 'optional.none()' : `optional.of(${this.of(type.parameters[0]!, 0)})`;
    }
    const makers: Readonly<Record<string, string>> = {
      'kubernetes.Quantity': 'quantity',
      'kubernetes.URL': 'url',
      'kubernetes.Semver': 'semver',
      'net.CIDR': 'cidr',
      'net.IP': 'ip',
    };
    const maker = Object.hasOwn(makers, type.name) ? makers[type.name]! : undefined;
    if (maker === undefined) return this.pick(paths);
    return `${maker}(${this.pick(texts[maker]!)})`;
  }

  private scalar(name: string, suits: keyof typeof texts): string {
    switch (name) {
      case 'bool':
        return this.pick(['true', 'false']);
      case 'int':
      case 'uint':
      case 'double':
        return this.pick(numbers[name]);
      case 'bytes':
        return this.pick(["b''", "b'abc'", "b'\\xff'", "b'é'"]);
      case 'google.protobuf.Duration':
        return `duration(${this.pick(texts['duration']!)})`;
      case 'google.protobuf.Timestamp':
        return `timestamp(${this.pick(texts['timestamp']!)})`;
      case 'null_type':
        return 'null';
      default:
        return this.pick(texts[suits]!);
    }
  }
}

function written(overload: Overload, args: readonly string[]): string {
  const { name } = overload;
  const operator = Object.hasOwn(infix, name) ? infix[name] : undefined;
  if (operator !== undefined) return `(${args[0]} ${operator} ${args[1]})`;
  if (name === '!_') return `!(${args[0]})`;
  if (name === '-_') return `-(${args[0]})`;
  if (name === '_[_]') return `(${args[0]})[${args[1]}]`;
  if (name === '_[?_]') return `(${args[0]})[?${args[1]}]`;
  if (name === '_?_:_') return `(${args[0]} ? ${args[1]} : ${args[2]})`;
  if (overload.member) return `${args[0]}.${name}(${args.slice(1).join(', ')})`;
  return `${name}(${args.join(', ')})`;
}

/** Whether a declared type can stand for the wanted one, binding its parameters. */
function matches(declared: Type, wanted: Type, bound: Map<string, Type>): boolean {
  switch (declared.kind) {
    case 'parameter': {
      const known = bound.get(declared.name);
      if (known !== undefined) return sameText(known, wanted);
      bound.set(declared.name, wanted);
      return true;
    }
    case 'list':
      return wanted.kind === 'list' && matches(declared.element, wanted.element, bound);
    case 'map':
      return (
        wanted.kind === 'map' &&
        matches(declared.key, wanted.key, bound) &&
        matches(declared.value, wanted.value, bound)
      );
    case 'opaque':
      return (
        wanted.kind === 'opaque' &&
        wanted.name === declared.name &&
        declared.parameters.every((parameter, index) => matches(parameter, wanted.parameters[index]!, bound))
      );
    case 'type':
      return wanted.kind === 'type';
    default:
      return sameText(declared, wanted);
  }
}

const sameText = (first: Type, second: Type): boolean => JSON.stringify(first) === JSON.stringify(second);
