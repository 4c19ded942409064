import assert from 'node:assert/strict';
import type { JsonObject } from '../../src/model/object.ts';
import { judge, noParams, PolicyCompiler, respond } from '../../src/policy/index.ts';
import type { AdmissionRequest } from '../../src/policy/index.ts';
import type { ApiServer } from './api-server.ts';
import { apiServerSuite } from './api-server-suite.ts';
import { report } from './differential-report.ts';
import { until } from './until.ts';

/** Which requests a policy on everything sees at all, tried on the real server. */
const label = { case: 'reach' };
const everything = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] };
const api = 'admissionregistration.k8s.io/v1';
const policy = {
  apiVersion: api,
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: 'reach' },
  spec: {
    matchConstraints: { objectSelector: { matchLabels: label }, resourceRules: [everything] },
    validations: [
      {
        expression: 'false',
        messageExpression: `
          'namespace ' + (has(request.namespace) ? request.namespace : 'none') +
          ', object namespace ' + string(object.metadata.?namespace.orValue('none')) +
          ', name ' + (has(request.name) ? 'some' : 'none') +
          ', uid ' + string(dyn(request).uid == '') + ', object ' + string(dyn(request).object == null) +
          ', options ' + request.options.kind + ', namespaceObject ' + (namespaceObject == null ? 'null' : 'some')`,
      },
    ],
  },
};
const binding = {
  apiVersion: api,
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: 'reach' },
  spec: { policyName: 'reach', validationActions: ['Deny'] },
};

interface Sample {
  readonly path: string;
  readonly object: JsonObject;
  readonly scope: 'Cluster' | 'Namespaced';
}
const sample = (
  apiVersion: string,
  kind: string,
  path: string,
  rest: object = {},
  metadata: object = { name: 'sample' },
): Sample => ({
  path,
  scope: path.includes('/namespaces/') ? 'Namespaced' : 'Cluster',
  object: JSON.parse(JSON.stringify({ apiVersion, kind, metadata: { ...metadata, labels: label }, ...rest })),
});
const webhooks = { webhooks: [] };
const samples: readonly Sample[] = [
  sample('v1', 'ConfigMap', '/api/v1/namespaces/default/configmaps'),
  sample('v1', 'ConfigMap', '/api/v1/namespaces/default/configmaps', {}, { generateName: 'sample-' }),
  sample('v1', 'Namespace', '/api/v1/namespaces'),
  sample('rbac.authorization.k8s.io/v1', 'ClusterRole', '/apis/rbac.authorization.k8s.io/v1/clusterroles'),
  sample(api, 'ValidatingWebhookConfiguration', `/apis/${api}/validatingwebhookconfigurations`, webhooks),
  sample(api, 'MutatingWebhookConfiguration', `/apis/${api}/mutatingwebhookconfigurations`, webhooks),
  sample(api, policy.kind, `/apis/${api}/validatingadmissionpolicies`, { spec: policy.spec }),
  sample(api, binding.kind, `/apis/${api}/validatingadmissionpolicybindings`, { spec: binding.spec }),
  sample('authentication.k8s.io/v1', 'TokenReview', '/apis/authentication.k8s.io/v1/tokenreviews', {
    spec: { token: 'admin' },
  }),
];

async function prepare(server: ApiServer): Promise<void> {
  for (const object of [policy, binding]) {
    const plural = object === policy ? 'validatingadmissionpolicies' : 'validatingadmissionpolicybindings';
    const { status, body } = await server.request('POST', `/apis/${api}/${plural}`, object);
    assert.equal(status, 201, JSON.stringify(body));
  }
  const { path, object } = samples[0]!;
  const isDenied = async () => (await server.request('POST', `${path}?dryRun=All`, object)).status === 422;
  await until(isDenied, () => 'the policy is in force');
}

apiServerSuite('which requests policies see', { prepare }, (serverTest) => {
  serverTest(
    'the server shows policies the same requests and the same of them',
    async (server, testContext) => {
      const compiler = new PolicyCompiler({ version: '1.36' });
      const { policy: compiled, problems } = compiler.compilePolicy(JSON.parse(JSON.stringify(policy)));
      assert.deepEqual(problems, []);
      const bound = {
        policy: compiled!,
        binding: compiler.compileBinding(JSON.parse(JSON.stringify(binding))).binding,
      };
      const context = {
        findNamespace: (name: string) => ({ metadata: { name } }) as unknown as JsonObject,
        params: noParams,
      };
      const disagreements: string[] = [];
      for (const { path, object, scope } of samples) {
        const { status, body } = await server.request('POST', `${path}?dryRun=All`, object);
        const { status: own, allowed } = respond(
          judge([bound], requestFor(path, object, scope), context),
          requestFor(path, object, scope),
        );
        // The server makes up a name, which is all that may differ.
        const theirs =
          status === 201 ? 'allowed' : String(body.message).replace(/"sample-\w{5}"/, '"generated"');
        const ours = allowed === true ? 'allowed' : own?.message;
        if (ours !== theirs) disagreements.push(`${path}\n  server ${theirs}\n  ours   ${ours}`);
      }
      report(testContext, { cases: samples.length, disagreements, generated: false });
    },
  );
});

function requestFor(path: string, object: JsonObject, scope: Sample['scope']): AdmissionRequest {
  const apiVersion = String(object['apiVersion']);
  const [first, second] = apiVersion.split('/');
  const [group, version] = second === undefined ? ['', first!] : [first!, second];
  const { name } = object['metadata'] as { name?: string };
  const kind = String(object['kind']);
  const namespace = kind === 'Namespace' ? name : scope === 'Namespaced' ? 'default' : '';
  return {
    operation: 'CREATE',
    kind: { group, version, kind },
    resource: { group, version, resource: path.split('/').at(-1)! },
    subresource: '',
    name: name ?? 'generated',
    namespace,
    scope,
    object,
    oldObject: null,
  };
}
