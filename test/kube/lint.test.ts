import { readdirSync, readFileSync } from 'node:fs';
import { CelError } from '../../src/cel/value.ts';
import type { JsonObject } from '../../src/model/object.ts';
import { PolicyCompiler } from '../../src/policy/index.ts';
import { apiVersionOf, type KnownResource, KnownResources } from '../../src/policy/lint/known-resources.ts';
import { LintedPolicy } from '../../src/policy/lint/linted-policy.ts';
import { smallest } from '../../src/policy/lint/samples.ts';
import type { Witness } from '../../src/policy/lint/witnesses.ts';
import { readDocuments } from '../../src/yaml/index.ts';
import type { ApiServer } from './api-server.ts';
import { apiServerSuite } from './api-server-suite.ts';
import { report } from './differential-report.ts';
import { Random } from './random.ts';
import { sampleSize, seed } from './sample-size.ts';

const resources = new KnownResources();
const compiler = new PolicyCompiler({ version: '1.36' });

/** Why the server does not take an object; empty where it does. */
async function refusal(server: ApiServer, resource: KnownResource, object: JsonObject): Promise<string> {
  const group = resource.group === '' ? '/api' : '/apis';
  const inNamespace = resource.namespaced ? '/namespaces/default' : '';
  const path = `${group}/${apiVersionOf(resource)}${inNamespace}/${resource.plural}?dryRun=All`;
  const metadata = {
    ...(object['metadata'] as JsonObject),
    ...(resource.namespaced && { namespace: 'default' }),
  };
  const { status, body } = await server.request('POST', path, { ...object, metadata });
  return status === 201 ? '' : String(body.message ?? body);
}

function policyOf(spec: JsonObject): LintedPolicy {
  const { policy } = compiler.compilePolicy({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p' },
    spec,
  });
  return new LintedPolicy(policy!, {
    version: '1.36',
    resources,
    policies: [policy!],
    bindings: [],
    objects: [],
    staticManifests: false,
    suggest: () => '',
  });
}

/** The policies of the catalogue: what they ask of objects is what people ask. */
function catalogue(): JsonObject[] {
  const folder = new URL('../../controls/', import.meta.url);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
    .flatMap(({ name }) => [...readDocuments(readFileSync(new URL(`${name}/policy.yaml`, folder)))])
    .map(({ value }) => (value as { spec: JsonObject }).spec);
}

const kinds = [
  'Pod',
  'Deployment',
  'CronJob',
  'Service',
  'Ingress',
  'NetworkPolicy',
  'PersistentVolumeClaim',
  'Namespace',
  'Role',
  'StatefulSet',
];

/** A policy that reads a chain of fields of a kind in one of the ways in which people do. */
function generated(random: Random): JsonObject {
  const resource = resources.all.find(({ kind }) => kind === random.pick(kinds)) ?? resources.all[0]!;
  const expressions = Array.from({ length: random.between(1, 3) }, () => reading(random, resource));
  return {
    matchConstraints: {
      resourceRules: [
        {
          operations: ['CREATE'],
          apiGroups: [resource.group],
          apiVersions: [resource.version],
          resources: [resource.plural],
        },
      ],
    },
    validations: [{ expression: expressions.join(random.pick([' && ', ' || '])) }],
  };
}

function reading(random: Random, resource: KnownResource): string {
  let { schema } = resource;
  let text = 'object';
  for (let step = 0; schema?.kind === 'struct' && step < 5; step++) {
    const fields: readonly string[] = [...schema.fields.keys()].filter(
      (name) => /^[a-zA-Z]\w*$/.test(name) && name !== 'status',
    );
    if (fields.length === 0) break;
    const field: string = step === 0 ? 'spec' : random.pick(fields);
    text += `.${field}`;
    schema = schema.fields.get(field);
    if (schema?.kind === 'list' && schema.item.kind === 'struct') {
      const [inner] = [random.pick([...schema.item.fields.keys()])];
      return `has(${text}) && ${text}.all(e, has(e.${inner}))`;
    }
  }
  if (random.chance(0.4)) text += `.${random.pick(['name', 'key', 'path', 'type'])}`;
  return random.pick([`has(${text})`, `${text} == 'x'`, `${text} == true`, `${text} == 1`]);
}

apiServerSuite('what lint takes for valid', {}, (serverTest) => {
  serverTest('the server takes the smallest object of each kind', async (server, context) => {
    const disagreements: string[] = [];
    let cases = 0;
    for (const resource of resources.all) {
      const object = smallest(resource);
      if (object === undefined) continue;
      cases++;
      const why = await refusal(server, resource, object);
      // What is there already is valid as well.
      if (why !== '' && !/already exists|provided IP/.test(why))
        disagreements.push(`${resource.kind}: ${why}`);
    }
    report(context, { cases, disagreements, generated: false });
  });

  serverTest(
    'the server takes the objects that show something wrong with a policy',
    async (server, context) => {
      const random = new Random(seed);
      const specs = [...catalogue(), ...Array.from({ length: sampleSize(200) }, () => generated(random))];
      const tried = new Set<string>();
      const disagreements: string[] = [];
      for (const spec of specs) {
        for (const witness of claims(policyOf(spec))) {
          const key = JSON.stringify(witness.written);
          if (tried.has(key)) continue;
          tried.add(key);
          const why = await refusal(server, witness.reach.resource, witness.written);
          if (why !== '') disagreements.push(`${JSON.stringify(spec['validations'])}\n  ${key}\n  ${why}`);
        }
      }
      report(context, { cases: tried.size, numbers: [`${specs.length} policies`], disagreements });
    },
  );
});

/** The objects for which `unguarded-field` says that a valid one is an error. */
function* claims({ policy, witnesses }: LintedPolicy): Generator<Witness> {
  for (const witness of witnesses) {
    const { doubtful, isValid, probe } = witness;
    if (!isValid || doubtful.length > 0 || probe.conditions().kind === 'not-met') continue;
    if (policy.validations.some((one) => probe.result(one) instanceof CelError)) yield witness;
  }
}
