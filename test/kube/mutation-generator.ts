import type { Schema, StructSchema } from '../../src/kube/schema/schema.ts';
import { builtInSchema } from '../../src/kube/schema/built-in.ts';
import type { Json, JsonObject } from '../../src/model/object.ts';
import { generateManifest } from './manifest-generator.ts';
import type { Random } from './random.ts';

/** Mutating policies with their bindings and objects that they are about. */
export interface MutationCase {
  readonly label: string;
  readonly policies: readonly JsonObject[];
  readonly bindings: readonly JsonObject[];
  readonly objects: readonly JsonObject[];
}

/** A kind, the resource that policies name and the pod template inside of it. */
interface Kind {
  readonly key: string;
  readonly rule: { readonly apiGroups: readonly string[]; readonly resources: readonly string[] };
  /** Field names that lead to the pod's spec; empty where there is none. */
  readonly pod: readonly string[];
}

const kinds: readonly Kind[] = [
  { key: 'v1/Pod', rule: { apiGroups: [''], resources: ['pods'] }, pod: ['spec'] },
  {
    key: 'apps/v1/Deployment',
    rule: { apiGroups: ['apps'], resources: ['deployments'] },
    pod: ['spec', 'template', 'spec'],
  },
  {
    key: 'batch/v1/CronJob',
    rule: { apiGroups: ['batch'], resources: ['cronjobs'] },
    pod: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  },
  {
    key: 'networking.k8s.io/v1/NetworkPolicy',
    rule: { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'] },
    pod: [],
  },
];

/** The parameters of the suite, in the namespace `default`. */
export const parameters: readonly JsonObject[] = ['one', 'two'].map((name) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', labels: { use: 'yes' } },
  data: { v: name },
}));

/** One or two policies on one kind, each with one or two bindings, and some objects of that kind. */
export function generateMutationCase(random: Random, index: number, objects: number): MutationCase {
  const kind = random.chance(0.6) ? kinds[0]! : random.pick(kinds);
  const label = `m${index}`;
  const count = random.chance(0.25) ? 2 : 1;
  const names = Array.from({ length: count }, (_, i) => `${label}-${i}`);
  const hasParams = random.chance(0.2);
  return {
    label,
    policies: names.map((name) => policy(random, kind, name, label, hasParams)),
    bindings: names.flatMap((name) => bindings(random, name, hasParams)),
    objects: Array.from({ length: objects }, (_, i) =>
      labelled(generateManifest(random, kind.key, `o${i}`), label),
    ),
  };
}

function labelled(object: JsonObject, label: string): JsonObject {
  const metadata = object['metadata'] as JsonObject;
  const labels = (metadata['labels'] ?? {}) as JsonObject;
  return { ...object, metadata: { ...metadata, labels: { ...labels, case: label } } };
}

function policy(random: Random, kind: Kind, name: string, label: string, hasParams: boolean): JsonObject {
  const expressions = new Expressions(random, kind, hasParams);
  const matchConditions = random.chance(0.3)
    ? [{ name: 'when', expression: random.pick(conditions) }]
    : undefined;
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: random.chance(0.3) ? 'Ignore' : 'Fail',
      reinvocationPolicy: random.pick(['Never', 'IfNeeded']),
      matchConstraints: {
        objectSelector: { matchLabels: { case: label } },
        resourceRules: [{ ...kind.rule, apiVersions: ['v1'], operations: ['CREATE'] }],
      },
      ...(hasParams && { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } }),
      ...(matchConditions !== undefined && { matchConditions }),
      variables: [
        { name: 'v', expression: 'object.metadata.?labels["case"].orValue("none")' },
        { name: 'list', expression: '["a", "b"]' },
        { name: 'wrong', expression: 'object.spec.nope' },
      ],
      mutations: Array.from({ length: random.between(1, 3) }, () => expressions.mutation()),
    },
  };
}

const conditions = [
  'true',
  'object.metadata.name != "o1"',
  'has(object.metadata.annotations)',
  'object.spec.nope == 1',
  '!has(object.metadata.labels.added)',
  'request.operation == "CREATE" && !request.dryRun || true',
];

function bindings(random: Random, policyName: string, hasParams: boolean): JsonObject[] {
  const count = random.chance(0.15) ? 2 : 1;
  return Array.from({ length: count }, (_, i) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicyBinding',
    metadata: { name: `${policyName}-b${i}` },
    spec: {
      policyName,
      ...(hasParams && {
        paramRef: {
          ...random.pick<JsonObject>([
            { name: 'one' },
            { name: 'missing' },
            { selector: { matchLabels: { use: 'yes' } } },
          ]),
          parameterNotFoundAction: random.pick(['Allow', 'Deny']),
        },
      }),
    },
  }));
}

/** Values that are wrong nearly everywhere. */
const oddities = [
  'null',
  '1',
  '1.5',
  '3u',
  '"x"',
  'true',
  'b"xyz"',
  '[]',
  '[1, 2]',
  '["a"]',
  '{"a": "b"}',
  '{"a": {"b": 1}}',
  'type(1)',
  'duration("90s")',
  'timestamp("2024-01-01T00:00:00Z")',
  'optional.of("x")',
  'variables.wrong',
  'variables.list',
  'Object.wrong{a: 1}',
  '[Object.wrong{a: 1}] + [Object.wrong{a: variables.list}]',
  '[{"name": "b"}] + [{"name": "N", "image": variables.v}]',
  '[type(1)] + [type("")]',
  '[optional.none()] + [optional.of("x")]',
  '[["a"]] + [[variables.v]]',
];

/** Names of items that are there often, and some that are not. */
const itemNames: Readonly<Record<string, readonly string[]>> = {
  containers: ['a', 'b', 'n'],
  initContainers: ['i', 'n'],
  volumes: ['v0', 'w'],
  env: ['A', 'B', 'N'],
  imagePullSecrets: ['a', 's'],
};

/** Fields that make most objects of the kind invalid, or are not looked at by anybody. */
const avoided = new Set([
  'status',
  'managedFields',
  'selfLink',
  'ephemeralContainers',
  'resourceClaims',
  'generateName',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'resourceVersion',
  'apiVersion',
  'kind',
  'ownerReferences',
  'overhead',
  'schedulingGroup',
]);

/** Makes the expressions of mutations on objects of one kind. */
class Expressions {
  readonly #random: Random;
  readonly #kind: Kind;
  readonly #hasParams: boolean;
  constructor(random: Random, kind: Kind, hasParams: boolean) {
    this.#random = random;
    this.#kind = kind;
    this.#hasParams = hasParams;
  }

  mutation(): JsonObject {
    return this.#random.chance(0.5)
      ? { patchType: 'ApplyConfiguration', applyConfiguration: { expression: this.#apply() } }
      : { patchType: 'JSONPatch', jsonPatch: { expression: this.#jsonPatch() } };
  }

  #apply(): string {
    const random = this.#random;
    const labels = (value: string) => `Object{metadata: Object.metadata{labels: {"added": ${value}}}}`;
    if (random.chance(0.2)) return labels(this.#text());
    if (random.chance(0.08)) return `has(object.metadata.annotations) ? Object{} : ${labels('"y"')}`;
    const slash = this.#kind.key.lastIndexOf('/');
    const schema = builtInSchema(this.#kind.key.slice(0, slash), this.#kind.key.slice(slash + 1))!;
    if (this.#kind.pod.length > 0 && random.chance(0.6)) return this.#wrapped(schema, this.#kind.pod);
    return this.#struct(schema, 'Object', 0);
  }

  /** The literal of what a path leads to, inside of literals of its parents. */
  #wrapped(schema: StructSchema, path: readonly string[], typeName = 'Object'): string {
    const [field, ...rest] = path;
    if (field === undefined) return this.#struct(schema, typeName, 1);
    const inner = schema.fields.get(field) as StructSchema;
    return `${typeName}{${field}: ${this.#wrapped(inner, rest, `${typeName}.${field}`)}}`;
  }

  #struct(schema: StructSchema, typeName: string, depth: number): string {
    const random = this.#random;
    const names = [...schema.fields.keys()].filter(
      (name) => !avoided.has(name) && /^[a-zA-Z]+$/.test(name) && name !== 'namespace',
    );
    // Atomic parts are refused; some of them are enough.
    const usable = random.chance(0.85) ? names.filter((name) => !isAtomic(schema.fields.get(name)!)) : names;
    const liked = usable.filter((name) => likedFields.has(name));
    const pool = random.chance(0.75) && liked.length > 0 ? liked : usable;
    const picked = new Set(Array.from({ length: random.between(1, 2) }, () => random.pick(pool)));
    const fields = [...picked]
      .filter((name) => name !== undefined)
      .map((name) => {
        const optional = random.chance(0.04);
        const value = this.#value(schema.fields.get(name)!, `${typeName}.${name}`, name, depth + 1);
        return optional
          ? `?${name}: ${random.pick(['optional.none()', `optional.of(${value})`])}`
          : `${name}: ${value}`;
      });
    if (random.chance(0.015)) fields.push('nope: 1');
    return `${typeName}{${fields.join(', ')}}`;
  }

  #value(schema: Schema, typeName: string, field: string, depth: number): string {
    const random = this.#random;
    if (random.chance(0.025)) return random.pick(oddities);
    switch (schema.kind) {
      case 'string':
        return random.pick([...(fieldTexts[field] ?? ['"x"']), this.#text()]);
      case 'boolean':
        return random.pick(['true', 'false', 'true', 'object.metadata.name == "o0"']);
      case 'integer':
      case 'number':
        return random.pick([
          '1',
          '2',
          '5',
          '30',
          '2.0',
          'size(object.metadata.name)',
          '1 + 1',
          random.chance(0.1) ? '4294967376' : '3',
        ]);
      case 'bytes':
        return '"eHl6"';
      case 'time':
        return '"2024-01-01T00:00:00Z"';
      case 'quantity':
        return random.pick(['"1"', '"500m"', '2', '0.5', '"1Gi"', random.chance(0.2) ? '"bad"' : '"64Mi"']);
      case 'intOrString':
        return random.pick(['80', '"http"', '"10%"']);
      case 'any':
        return '{"a": "b"}';
      case 'map':
        return this.#map(schema.value, typeName, field, depth);
      case 'list':
        return this.#list(schema, typeName, field, depth);
      case 'struct':
        if (depth > 5) return `${typeName}{}`;
        if (random.chance(0.05)) return '{"type": "RuntimeDefault"}';
        return random.chance(0.06) ? `${typeName}{}` : this.#struct(schema, typeName, depth);
    }
  }

  #map(value: Schema, typeName: string, field: string, depth: number): string {
    const random = this.#random;
    const keys = value.kind === 'quantity' ? ['cpu', 'memory'] : ['k1', 'added', 'app'];
    const key = random.pick(keys);
    const one = this.#value(value, typeName, field, depth + 1);
    if (random.chance(0.1))
      return random.pick(['{}', 'object.metadata.?labels.orValue({})', `{?"${key}": optional.none()}`]);
    if (random.chance(0.1)) return `${typeName}{${key}: ${one}}`;
    return random.chance(0.3) ? `{"${key}": dyn(${one}), "k2": dyn("1")}` : `{"${key}": ${one}}`;
  }

  #list(schema: Schema & { kind: 'list' }, typeName: string, field: string, depth: number): string {
    const random = this.#random;
    const { item, keys, merge } = schema;
    if (merge === 'set') {
      return random.pick([
        '["a.io/x"]',
        '["b.io/y", "a.io/x"]',
        '["a.io/x", "a.io/x"]',
        '["a.io/" + object.metadata.name]',
      ]);
    }
    if (merge === 'atomic' || item.kind !== 'struct') {
      return random.chance(0.3) ? '[]' : `[${this.#value(item, typeName, field, depth + 1)}]`;
    }
    const at = ['object', ...this.#kind.pod].join('.');
    if (
      ['containers', 'initContainers', 'volumes'].includes(field) &&
      this.#kind.pod.length > 0 &&
      random.chance(0.4)
    ) {
      const list = field === 'containers' ? `${at}.${field}` : `${at}.?${field}.orValue([])`;
      if (random.chance(0.1)) return list;
      return `${list}.map(c, ${this.#item(item, typeName, depth, () => 'name: c.name')})`;
    }
    const literal = () =>
      this.#item(item, typeName, depth, () =>
        keys
          .filter(() => !random.chance(0.04))
          .map(({ name }) => `${name}: ${this.#key(item.fields.get(name), field)}`)
          .join(', '),
      );
    const items = Array.from({ length: random.between(1, 2) }, literal);
    if (random.chance(0.1)) return items.map((text) => `[${text}]`).join(' + ');
    return `[${random.chance(0.1) ? `?optional.of(${items[0]})` : items.join(', ')}]`;
  }

  #item(item: StructSchema, typeName: string, depth: number, keys: () => string): string {
    const rest = this.#struct(item, typeName, depth + 1);
    const [key, fields] = [keys(), rest.slice(typeName.length + 1, -1)];
    // A field twice is a mistake of the expression that is not looked for here.
    const own = key.split(':')[0] ?? '';
    const isTwice = key !== '' && (fields.startsWith(`${own}:`) || fields.includes(`, ${own}:`));
    return `${typeName}{${isTwice || fields === '' ? key : [key, fields].filter((part) => part !== '').join(', ')}}`;
  }

  #key(schema: Schema | undefined, field: string): string {
    const random = this.#random;
    if (schema?.kind === 'integer') return random.pick(['80', '81', '80.0']);
    return `"${random.pick(itemNames[field] ?? ['x', 'UDP', '/x', '1.2.3.4'])}"`;
  }

  #text(): string {
    const choices = ['"y"', 'object.metadata.name', 'variables.v', 'request.operation', 'string(1 + 1)'];
    return this.#random.pick(this.#hasParams ? [...choices, 'params.data.v'] : choices);
  }

  #jsonPatch(): string {
    const random = this.#random;
    const operations = Array.from({ length: random.between(1, 3) }, () => this.#operation());
    const list = `[${operations.join(', ')}]`;
    if (random.chance(0.15))
      return `has(object.metadata.annotations) ? ${list} : [JSONPatch{op: "add", path: "/metadata/labels/b", value: ${this.#text()}}]`;
    if (random.chance(0.1)) {
      return `variables.list.map(k, JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey(k), value: k})`;
    }
    return list;
  }

  #operation(): string {
    const random = this.#random;
    const op = random.pick(['add', 'add', 'add', 'replace', 'replace', 'remove', 'test', 'copy', 'move']);
    if (random.chance(0.01)) return 'JSONPatch{op: "nope", path: "/metadata/labels"}';
    const { path, values } = this.#place();
    const value = random.chance(0.06)
      ? random.pick([...oddities.slice(0, -2), ...jsonOddities])
      : random.pick(values);
    switch (op) {
      case 'remove':
        return `JSONPatch{op: "remove", path: "${path}"}`;
      case 'copy':
      case 'move':
        return `JSONPatch{op: "${op}", from: "${this.#place().path}", path: "${random.chance(0.4) ? '/metadata/labels/copied' : path}"}`;
      default:
        return random.chance(0.03)
          ? `JSONPatch{op: "${op}", path: "${path}"}`
          : `JSONPatch{op: "${op}", path: "${path}", value: ${value}}`;
    }
  }

  /** A path, and values that fit there. */
  #place(): { path: string; values: readonly string[] } {
    const random = this.#random;
    const pod = `/${this.#kind.pod.join('/')}`;
    const [path, values] = random.pick(this.#kind.pod.length > 0 && random.chance(0.6) ? podPlaces : places);
    return { path: path.replace('POD', pod), values };
  }
}

const isAtomic = (schema: Schema): boolean =>
  (schema.kind === 'list' && (schema.merge === 'atomic' || isAtomic(schema.item))) ||
  ('atomic' in schema && schema.atomic);

/** Fields whose values are often valid, so that most mutated objects are. */
const likedFields = new Set([
  'metadata',
  'spec',
  'labels',
  'annotations',
  'finalizers',
  'template',
  'jobTemplate',
  'containers',
  'initContainers',
  'volumes',
  'securityContext',
  'hostNetwork',
  'automountServiceAccountToken',
  'terminationGracePeriodSeconds',
  'enableServiceLinks',
  'image',
  'imagePullPolicy',
  'env',
  'value',
  'resources',
  'limits',
  'requests',
  'runAsNonRoot',
  'runAsUser',
  'readOnlyRootFilesystem',
  'privileged',
  'capabilities',
  'seccompProfile',
  'emptyDir',
  'sizeLimit',
  'replicas',
  'paused',
  'suspend',
  'nodeName',
  'tty',
  'stdin',
  'lifecycle',
  'ports',
]);

const fieldTexts: Readonly<Record<string, readonly string[]>> = {
  image: ['"nginx:2"', '"r.io/" + object.metadata.name'],
  imagePullPolicy: ['"Always"', '"Never"'],
  type: ['"RuntimeDefault"'],
  dnsPolicy: ['"Default"'],
  restartPolicy: ['"Always"'],
  name: ['"a"', '"n"'],
};

/** Values that JSON does not have, or the server does not survive. */
const jsonOddities = [
  '9007199254740993',
  '1e21',
  '[Object.spec{a: 1}]',
  'Object.spec{a: Object.other{b: 1}}',
  'Object.spec{a: {"b": {"c": 1}}}',
  'Object.spec{}',
  'object.spec',
  'optional.none()',
];

type Place = readonly [path: string, values: readonly string[]];

const texts = ['"x"', 'object.metadata.name', 'variables.v'];
const booleans = ['true', 'false'];

const places: readonly Place[] = [
  ['/metadata/labels', ['{"a": "b"}', 'object.metadata.labels', 'Object.metadata.labels{a: "b"}']],
  ['/metadata/labels/added', texts],
  ['/metadata/labels/case', texts],
  ['/metadata/annotations', ['{"a": "b"}', '{}']],
  ['/metadata/annotations/a~1b~0c', texts],
  ['/metadata/finalizers', ['["a.io/x"]']],
  ['/metadata/finalizers/-', ['"a.io/y"']],
  ['/metadata/name', ['"other"', 'object.metadata.name']],
  ['/metadata', ['object.metadata', '{"name": "m"}']],
  ['/spec', ['object.spec', '{}']],
  ['/spec/nope', texts],
  ['/kind', ['"Secret"', 'object.kind']],
  ['/status', ['{}']],
  ['/', texts],
  ['', ['object', '{"a": "b"}', '1']],
  ['metadata/labels', texts],
];

const podPlaces: readonly Place[] = [
  ['POD/hostNetwork', booleans],
  ['POD/automountServiceAccountToken', booleans],
  ['POD/dnsPolicy', ['"Default"']],
  ['POD/dnsPolicy/x', texts],
  ['POD/containers/0/image', ['"nginx:3"']],
  ['POD/containers/1/image', ['"nginx:3"']],
  ['POD/containers/-1/image', ['"nginx:3"']],
  ['POD/containers/-', ['{"name": "n", "image": "n"}', 'Object.x{name: "n", image: "n"}']],
  [
    'POD/containers/0',
    ['{"name": "a", "image": "n"}', 'Object.x{name: "z", image: "n", env: [Object.x.env{name: "A"}]}'],
  ],
  ['POD/containers/7', ['{"name": "n", "image": "n"}']],
  ['POD/containers/x', ['{"name": "n", "image": "n"}']],
  ['POD/containers/0/securityContext', ['{"runAsNonRoot": true}', 'Object.x{privileged: false}']],
  ['POD/containers/0/securityContext/privileged', booleans],
  ['POD/containers/0/securityContext/capabilities/drop', ['["ALL"]']],
  ['POD/containers/0/resources', ['{"limits": {"cpu": "1"}}', '{}']],
  ['POD/containers/0/env', ['[{"name": "Z", "value": "1"}]', '[]']],
  ['POD/containers/0/env/-', ['{"name": "Z", "value": "1"}']],
  ['POD/volumes/0', ['{"name": "v0", "emptyDir": Object.x{}}', '{"name": "v0"}']],
  ['POD/volumes', ['[{"name": "v0"}]']],
  ['POD/tolerations', ['[{"operator": "Exists"}]']],
  ['POD/tolerations/-', ['{"operator": "Exists"}']],
  ['POD/securityContext', ['{}', '{"runAsNonRoot": true}']],
  ['POD/securityContext/runAsUser', ['1000', '1000.0', '1.5']],
  ['POD/terminationGracePeriodSeconds', ['5', '"5"', 'null']],
  ['POD/nodeSelector', ['{"a": "b"}']],
];

/** For reports: what a JSON value looks like in short. */
export function short(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 2_000 ? `${text.slice(0, 2_000)}...` : text;
}
