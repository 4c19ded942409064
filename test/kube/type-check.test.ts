import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { PolicyCompiler } from '../../src/policy/index.ts';
import { apiVersionOf, type KnownResource, KnownResources } from '../../src/policy/lint/known-resources.ts';
import { expressionWarnings, typeWarnings } from '../../src/policy/lint/typing/type-warnings.ts';
import type { JsonObject } from '../../src/model/object.ts';
import type { ApiServer } from './api-server.ts';
import { apiServerSuite } from './api-server-suite.ts';
import { assetPath, missingAssets } from './assets.ts';
import { report } from './differential-report.ts';
import { Random } from './random.ts';
import { sampleSize, seed } from './sample-size.ts';
import { startTethered, stopTethered } from './tethered-process.ts';
import { until } from './until.ts';

const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** A custom resource with every kind of schema that the type checker treats in its own way. */
const definition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.lint.example.com' },
  spec: {
    group: 'lint.example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: {
                type: 'object',
                properties: {
                  size: { type: 'integer' },
                  ratio: { type: 'number' },
                  on: { type: 'boolean' },
                  name: { type: 'string', enum: ['a', 'b'] },
                  key: { type: 'string', format: 'byte' },
                  wait: { type: 'string', format: 'duration' },
                  day: { type: 'string', format: 'date' },
                  at: { type: 'string', format: 'date-time' },
                  uri: { type: 'string', format: 'uri' },
                  port: { 'x-kubernetes-int-or-string': true },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  any: { 'x-kubernetes-preserve-unknown-fields': true },
                  labels: { type: 'object', additionalProperties: { type: 'string' } },
                  maps: {
                    type: 'object',
                    additionalProperties: { type: 'object', properties: { a: { type: 'integer' } } },
                  },
                  items: {
                    type: 'array',
                    items: { type: 'object', properties: { name: { type: 'string' } } },
                  },
                  words: { type: 'array', items: { type: 'string' } },
                  'a-b': { type: 'integer' },
                  namespace: { type: 'string' },
                  template: {
                    type: 'object',
                    'x-kubernetes-embedded-resource': true,
                    properties: { spec: { type: 'object', properties: { x: { type: 'integer' } } } },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
};

const resources = new KnownResources([definition]);
const compiler = new PolicyCompiler({ version: '1.36' });
const skip = missingAssets('kube-controller-manager');
let manager: { readonly child: ChildProcess; readonly directory: string } | undefined;

/** kube-controller-manager with nothing but the controller that type checks policies. */
function startManager(server: ApiServer): void {
  const directory = mkdtempSync(join(tmpdir(), 'scantling-manager-'));
  const kubeconfig = join(directory, 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: server.url.href, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: 'admin' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  const child = startTethered(assetPath('kube-controller-manager'), [
    `--kubeconfig=${kubeconfig}`,
    '--controllers=validatingadmissionpolicy-status-controller',
    '--leader-elect=false',
    '--secure-port=0',
    '--kube-api-qps=500',
    '--kube-api-burst=500',
  ]);
  child.stderr?.resume();
  manager = { child, directory };
}

after(async () => {
  if (manager === undefined) return;
  await stopTethered(manager.child);
  rmSync(manager.directory, { recursive: true, force: true });
});

const matching = (...matched: readonly KnownResource[]): JsonObject => ({
  resourceRules: matched.map((one) => ({
    operations: ['CREATE'],
    apiGroups: [one.group],
    apiVersions: [one.version],
    resources: [one.plural],
  })),
});

const rulesOf = (...rules: readonly (readonly [string, string, string])[]): JsonObject => ({
  resourceRules: rules.map(([groups, versions, plurals]) => ({
    operations: ['CREATE'],
    apiGroups: groups.split(','),
    apiVersions: versions.split(','),
    resources: plurals.split(','),
  })),
});

const named = (kind: string): KnownResource => resources.all.find((one) => one.kind === kind)!;
const validations = (...list: readonly string[]): JsonObject[] => list.map((expression) => ({ expression }));

/** What is treated in a way of its own; each is a policy's spec. */
const written: readonly JsonObject[] = [
  {
    matchConstraints: matching(named('Deployment'), named('Pod')),
    validations: [
      { expression: 'object.spec.replicas > 1', messageExpression: "'x' + object.spec.paused" },
      { expression: "object.spec.template.spec.containers.all(c, c.imagee == 'x')" },
      { expression: "object.spec.containers[0].resources.limits['cpu'] == '1'" },
      { expression: 'object.metadata.namespace == "x" && object.metadata.__namespace__ == "x"' },
      { expression: "object.metadata.labels['a'] == 1 || oldObject.metadata.labels.a == 2" },
      { expression: 'object.metadata.creationTimestamp == "x"' },
      { expression: 'object.kindd == "x" && object.apiVersion == 1' },
      { expression: "object.spec.containers.exists(c, c.ports.exists(p, p.containerPort == 'a'))" },
      { expression: 'object.spec.strategy.rollingUpdate.maxSurge == 1 && object.spec == 1' },
      { expression: 'has(object.spec.nope) && object.?spec.?nope.hasValue()' },
      { expression: "authorizer.requestResource.check('get').allowed()" },
      { expression: "authorizer.group('').resource('pods').check('get').allowed()" },
    ],
  },
  {
    matchConstraints: matching(named('Secret'), named('ConfigMap')),
    validations: validations(
      "object.data['a'] == 'x'",
      "object.data.all(k, object.data[k] == b'x')",
      'object.stringData.size() > 0',
      'object.immutable == 1',
    ),
  },
  {
    matchConstraints: matching(named('CustomResourceDefinition')),
    validations: validations(
      'object.spec.versions.all(v, v.schema.openAPIV3Schema.default == 1)',
      'object.spec.versions.all(v, v.schema.openAPIV3Schema.properties.all(k, v.schema.openAPIV3Schema.properties[k].type == "x"))',
      'object.spec.versions.all(v, v.schema.openAPIV3Schema.enum.size() == 0)',
      'object.spec.versions.all(v, v.schema.openAPIV3Schema.x__dash__kubernetes__dash__validations.size() == 0)',
      'object.spec.versions.all(v, v.schema.openAPIV3Schema.not.type == "")',
    ),
  },
  {
    matchConstraints: matching(named('ControllerRevision')),
    validations: validations(
      'object.data.x == 1',
      'object.revision > 1',
      'object.metadata.managedFields[0].fieldsV1.x == 1',
    ),
  },
  {
    matchConstraints: matching(named('Widget')),
    validations: validations(
      'object.spec.size > 1 && object.spec.ratio > 1.0 && object.spec.on',
      "object.spec.key == b'x' && object.spec.wait > duration('1h')",
      "object.spec.at > timestamp('2020-01-01T00:00:00Z') && object.spec.day == 1",
      'object.spec.port == 1 && object.spec.free.x == 1',
      'object.spec.any.x == 1',
      "object.spec.labels['a'] == 1",
      "object.spec.maps['a'].a == 'x' || object.spec.maps.a.b == 1",
      'object.spec.items[0].name == 1 || object.spec.items.all(i, i.nope == 1)',
      'object.spec.a__dash__b == "x" || object.spec.__namespace__ == 1',
      'object.spec.template.kind == 1 || object.spec.template.metadata.name == 1 || object.spec.template.spec.x == "a"',
      'object.metadata.name == 1 || object.metadata.labels.a == 1 || object.kind == 1',
      'object.status.x == 1',
    ),
  },
  {
    matchConstraints: matching(named('Pod')),
    variables: [
      { name: 'spec', expression: 'object.spec' },
      { name: 'list', expression: 'object.spec.containers' },
      { name: 'names', expression: 'object.spec.containers.map(c, c.name)' },
      { name: 'broken', expression: 'object.spec.nope' },
      { name: 'after', expression: "variables.names[0] + 'a'" },
    ],
    validations: validations(
      'variables.spec.nope == 1',
      'variables.list.all(c, c.nope == 1)',
      'variables.names.all(n, n == 1)',
      'variables.broken.x == 1',
      'variables.after == 1',
    ),
  },
  {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    matchConstraints: matching(named('Service')),
    validations: validations(
      "params.data['x'] == 1",
      'params.nope == 1',
      'object.spec.ports[0].targetPort == "a"',
    ),
  },
  {
    paramKind: { apiVersion: 'lint.example.com/v1', kind: 'Widget' },
    matchConstraints: matching(named('Service')),
    validations: validations("params.spec.size == 'a'", 'params.spec.nope == 1'),
  },
  {
    paramKind: { apiVersion: 'nobody.example.com/v1', kind: 'Nothing' },
    matchConstraints: matching(named('Service')),
    validations: validations('params.spec.nope == 1', 'object.nope == 1'),
  },
  {
    matchConstraints: rulesOf(['', 'v1', 'deployments,events']),
    validations: validations('object.nope == 1'),
  },
  {
    matchConstraints: rulesOf(['apps', 'v1', 'Deployments,statefulset']),
    validations: validations('object.nope == 1'),
  },
  { matchConstraints: rulesOf(['*', 'v1', 'pods']), validations: validations('object.nope == 1') },
  { matchConstraints: rulesOf(['', '*', 'pods']), validations: validations('object.nope == 1') },
  { matchConstraints: rulesOf(['', 'v1', '*']), validations: validations('object.nope == 1') },
  {
    matchConstraints: rulesOf(['', 'v1', 'pods/exec,services']),
    validations: validations('object.nope == 1'),
  },
  {
    matchConstraints: rulesOf(['example.com', 'v1', 'things']),
    validations: validations('object.nope == 1'),
  },
  {
    matchConstraints: rulesOf(
      [
        'apps,batch,',
        'v1',
        'deployments,statefulsets,daemonsets,replicasets,jobs,cronjobs,pods,services,secrets,configmaps,nodes',
      ],
      ['rbac.authorization.k8s.io', 'v1', 'roles'],
    ),
    validations: validations('object.nope == 1'),
  },
  {
    matchConstraints: rulesOf(
      ['autoscaling', 'v2,v1', 'horizontalpodautoscalers'],
      ['apiregistration.k8s.io', 'v1', 'apiservices'],
    ),
    validations: validations(
      'object.spec.targetCPUUtilizationPercentage > 1',
      'object.spec.metrics.all(m, m.type == 1)',
      'object.spec.caBundle == 1',
    ),
  },
];

/** Validations that read fields of a kind, right and wrong ones. */
function generated(random: Random): JsonObject {
  const pool = [
    'Pod',
    'Deployment',
    'CronJob',
    'Service',
    'Ingress',
    'Node',
    'PersistentVolume',
    'NetworkPolicy',
    'Role',
    'HorizontalPodAutoscaler',
    'ResourceClaim',
    'FlowSchema',
    'CertificateSigningRequest',
    'Widget',
    'Job',
    'Namespace',
    'StorageClass',
    'EndpointSlice',
  ];
  const kinds = Array.from({ length: random.between(1, 3) }, () => named(random.pick(pool)));
  return {
    matchConstraints: matching(...new Set(kinds)),
    validations: Array.from({ length: random.between(1, 3) }, () => ({
      expression: comparison(random, random.pick(kinds)),
    })),
  };
}

function comparison(random: Random, resource: KnownResource): string {
  let schema = resource.schema;
  let text = random.chance(0.8) ? 'object' : 'oldObject';
  while (schema !== undefined && random.chance(0.9)) {
    if (schema.kind === 'struct') {
      const fields: readonly string[] = [...schema.fields.keys()];
      if (fields.length === 0) break;
      const field: string = random.chance(0.05) ? 'nope' : random.pick(fields);
      if (!/^[a-zA-Z]\w*$/.test(field)) break;
      text += random.chance(0.1) ? `.?${field}` : `.${field}`;
      schema = schema.fields.get(field);
    } else if (schema.kind === 'list') {
      text += '[0]';
      schema = schema.item;
    } else if (schema.kind === 'map') {
      text += "['a']";
      schema = schema.value;
    } else break;
  }
  const right = random.pick([
    "'a'",
    '1',
    '1.5',
    'true',
    "b'a'",
    "timestamp('2020-01-01T00:00:00Z')",
    'null',
    "['a']",
    "{'a': 'b'}",
    'optional.of(1)',
  ]);
  return random.chance(0.8) ? `${text} == ${right}` : `type(${text}) == int || ${text} in [${right}]`;
}

apiServerSuite(
  'type checking of policies',
  {
    skip,
    prepare: async (server) => {
      await server.request('POST', definitions, definition);
      await until(async () => {
        const { body } = await server.request('GET', '/openapi/v3');
        return body.paths?.['apis/lint.example.com/v1'] !== undefined;
      }, 'the schema of the custom resource is served');
      startManager(server);
    },
  },
  (serverTest) => {
    serverTest('status.typeChecking holds what we warn of', async (server, context) => {
      const random = new Random(seed);
      const specs = [...written, ...Array.from({ length: sampleSize(60) }, () => generated(random))];
      const objects = specs.map((spec, index) => ({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name: `p${index}` },
        spec,
      }));
      const disagreements: string[] = [];
      let refused = 0;
      let warned = 0;
      for (const object of objects) {
        const { status } = await server.request('POST', policies, object);
        if (status >= 300) refused++;
      }
      for (const object of objects) {
        const name = object.metadata.name;
        const ours = compiler.compilePolicy(JSON.parse(JSON.stringify(object)));
        const path = `${policies}/${name}`;
        if ((await server.request('GET', path)).status === 404) {
          if (ours.policy?.refused !== true) disagreements.push(`refused: ${JSON.stringify(object.spec)}`);
          continue;
        }
        let theirs: readonly { fieldRef: string; warning: string }[] = [];
        await until(async () => {
          const { body } = await server.request('GET', path);
          if (body.status?.observedGeneration === undefined) return false;
          theirs = body.status.typeChecking?.expressionWarnings ?? [];
          return true;
        }, `the controller looks at ${name}`);
        const expected = expressionWarnings(typeWarnings(ours.policy!.definition, resources, '1.36'));
        warned += theirs.length;
        const their = JSON.stringify(
          theirs.map(({ fieldRef, warning }) => ({ fieldRef, warning: plain(warning) })),
          null,
          1,
        );
        const our = JSON.stringify(expected, null, 1);
        if (their !== our)
          disagreements.push(`${JSON.stringify(object.spec)}\n  server ${their}\n  ours   ${our}`);
      }
      report(context, {
        cases: objects.length,
        numbers: [`${refused} refused`, `${warned} warnings`],
        disagreements,
      });
    });
  },
);

/** The server names the types of an object after the kind and the time. */
const plain = (warning: string): string => warning.replaceAll(/\b([A-Z][A-Za-z]*?)\d+(?=[.,)' ])/g, '$1');

// Types are told apart by these names in messages, so that a kind with a digit at its end would be mistaken.
for (const one of resources.all) {
  if (/\d$/.test(one.kind)) throw new Error(`${apiVersionOf(one)} ${one.kind} ends in a digit`);
}
