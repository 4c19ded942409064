import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { serverView } from './server-view.ts';
import type { JsonObject } from './server-view.ts';

const container = { name: 'c', image: 'nginx' };

function pod(spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', ...metadata },
    spec: { containers: [container], ...spec },
  };
}

// oxlint-disable-next-line typescript/no-explicit-any
function seen(object: JsonObject): any {
  const view = serverView(object);
  assert.ok(view.object, view.problems[0]?.message);
  return view.object;
}

function firstProblem(object: JsonObject): { path: string; text: string } {
  const view = serverView(object);
  assert.equal(view.object, null);
  const [problem] = view.problems;
  assert.ok(problem);
  return {
    path: problem.path.join('.'),
    text: problem.message.replace(/^.* cannot be handled as a \w+: /, ''),
  };
}

describe('omission', () => {
  test('zero values are dropped, what pointers point to stays', () => {
    const { spec } = seen(
      pod({
        hostPID: false,
        hostNetwork: false,
        automountServiceAccountToken: false,
        securityContext: { runAsUser: 0 },
        containers: [{ ...container, tty: false, securityContext: { privileged: false, capabilities: {} } }],
      }),
    );
    assert.ok(!('hostPID' in spec) && !('hostNetwork' in spec));
    assert.equal(spec.automountServiceAccountToken, false);
    assert.deepEqual(spec.securityContext, { runAsUser: 0 });
    assert.ok(!('tty' in spec.containers[0]));
    assert.deepEqual(spec.containers[0].securityContext, { capabilities: {}, privileged: false });
  });

  test('embedded structs and fields without omitempty are always there', () => {
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'r' } };
    assert.equal(seen(role).rules, null);
    assert.deepEqual(seen({ ...role, rules: [] }).rules, []);
    assert.deepEqual(seen(pod({})).spec.containers[0].resources, {});
  });

  test('fields come in the order in which they are written, then what the server adds', () => {
    const first = seen({
      kind: 'ConfigMap',
      data: { a: 'b' },
      apiVersion: 'v1',
      metadata: { labels: {}, name: 'n' },
    });
    assert.deepEqual(Object.keys(first), ['kind', 'data', 'apiVersion', 'metadata']);
    assert.deepEqual(Object.keys(seen(pod({})).spec.containers[0]), [
      'name',
      'image',
      'resources',
      'imagePullPolicy',
      'terminationMessagePath',
      'terminationMessagePolicy',
    ]);
  });
});

describe('defaults', () => {
  test('a pod gets more than a pod template', () => {
    const limits = { cpu: '1', memory: '1Gi' };
    const limited = [{ ...container, resources: { limits, requests: { cpu: '100m' } } }];
    const { spec, status } = seen(pod({ containers: limited }));
    assert.equal(spec.enableServiceLinks, true);
    assert.deepEqual(spec.containers[0].resources.requests, { cpu: '100m', memory: '1Gi' });
    assert.deepEqual(status, { phase: 'Pending', qosClass: 'Burstable' });
    const deployment = seen({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      spec: { template: { spec: { containers: limited } } },
    });
    const template = deployment.spec.template.spec;
    assert.ok(!('enableServiceLinks' in template));
    assert.deepEqual(template.containers[0].resources.requests, { cpu: '100m' });
    assert.equal(deployment.spec.replicas, 1);
    assert.deepEqual(deployment.spec.strategy.rollingUpdate, { maxUnavailable: '25%', maxSurge: '25%' });
  });

  test('host ports follow container ports on the host network', () => {
    const ports = [{ containerPort: 80 }];
    const { spec } = seen(pod({ hostNetwork: true, containers: [{ ...container, ports }] }));
    assert.deepEqual(spec.containers[0].ports, [{ hostPort: 80, containerPort: 80, protocol: 'TCP' }]);
  });

  test('a volume without a source is an emptyDir', () => {
    assert.deepEqual(seen(pod({ volumes: [{ name: 'v' }] })).spec.volumes, [{ name: 'v', emptyDir: {} }]);
    const volumes = [{ name: 'v', hostPath: { path: '/' } }];
    assert.deepEqual(seen(pod({ volumes })).spec.volumes, [{ name: 'v', hostPath: { path: '/', type: '' } }]);
  });

  test('the two names of the service account agree', () => {
    for (const spec of [{ serviceAccount: 'a' }, { serviceAccountName: 'a', serviceAccount: 'b' }]) {
      const view = seen(pod(spec)).spec;
      assert.deepEqual([view.serviceAccountName, view.serviceAccount], ['a', 'a']);
    }
  });
});

describe('strategies', () => {
  test('stringData becomes data', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      data: { a: 'aGk=', b: 'aGk=' },
      stringData: { b: 'ö' },
    };
    const view = seen(secret);
    assert.deepEqual(view.data, { a: 'aGk=', b: 'w7Y=' });
    assert.ok(!('stringData' in view));
    assert.equal(view.type, 'Opaque');
  });

  test('a key named __proto__ is data like any other', () => {
    for (const data of ['', ',"data":{"__proto__":null}']) {
      const text = `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"stringData":{"__proto__":"x"}${data}}`;
      assert.deepEqual(Object.entries(seen(JSON.parse(text) as JsonObject).data), [['__proto__', 'eA==']]);
    }
  });

  test('system fields of the user are dropped, and ours stand in', () => {
    const written = { uid: 'mine', creationTimestamp: '2020-01-01T00:00:00Z', selfLink: '/x', generation: 7 };
    const { metadata } = seen(pod({}, written));
    assert.notEqual(metadata.uid, 'mine');
    assert.notEqual(metadata.creationTimestamp, written.creationTimestamp);
    assert.ok(!('selfLink' in metadata));
    assert.equal(metadata.generation, 1);
  });

  test('the namespace comes from the request where none is written', () => {
    const options = { namespace: 'shop' };
    const metadataOf = (object: JsonObject): JsonObject =>
      serverView(object, options).object?.metadata as JsonObject;
    assert.equal(metadataOf(pod({})).namespace, 'shop');
    assert.equal(metadataOf(pod({}, { namespace: 'other' })).namespace, 'other');
    assert.ok(!('namespace' in seen(pod({})).metadata));
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n', namespace: 'x' } };
    assert.deepEqual(metadataOf(namespace).labels, { 'kubernetes.io/metadata.name': 'n' });
    assert.ok(!('namespace' in metadataOf(namespace)));
  });

  test('AppArmor annotations become fields on pods', () => {
    const annotations = { 'container.apparmor.security.beta.kubernetes.io/c': 'unconfined' };
    const view = seen(pod({}, { annotations }));
    assert.deepEqual(view.spec.containers[0].securityContext, { appArmorProfile: { type: 'Unconfined' } });
    assert.deepEqual(view.metadata.annotations, annotations);
  });

  test('a Service gets addresses and families, an ExternalName none', () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' } };
    const { spec } = seen({ ...service, spec: { type: 'NodePort', ports: [{ port: 80 }] } });
    assert.deepEqual(spec.clusterIPs, [spec.clusterIP]);
    assert.equal(typeof spec.ports[0].nodePort, 'number');
    assert.equal(spec.ports[0].targetPort, 80);
    const headless = seen({ ...service, spec: { clusterIP: 'None' } }).spec;
    assert.deepEqual(headless.clusterIPs, ['None']);
    assert.deepEqual(headless.ipFamilies, ['IPv4', 'IPv6']);
    const external = seen({ ...service, spec: { type: 'ExternalName', externalName: 'a.b' } }).spec;
    assert.deepEqual(external, { type: 'ExternalName', sessionAffinity: 'None', externalName: 'a.b' });
  });
});

describe('refusal', () => {
  test('wrong types have the server text and their path', () => {
    assert.deepEqual(firstProblem(pod({ containers: [{ ...container, args: 'x' }] })), {
      path: 'spec.containers.0.args',
      text: 'json: cannot unmarshal string into Go struct field Container.spec.containers.args of type []string',
    });
    assert.deepEqual(
      firstProblem(pod({ containers: [container, { ...container, env: [{ name: 'A', value: 1 }] }] })),
      {
        path: 'spec.containers.1.env.0.value',
        text: 'json: cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type string',
      },
    );
    assert.deepEqual(firstProblem(pod({ terminationGracePeriodSeconds: 1.5 })), {
      path: 'spec.terminationGracePeriodSeconds',
      text: 'json: cannot unmarshal number 1.5 into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64',
    });
    assert.deepEqual(firstProblem(pod({}, { labels: { a: true } })), {
      path: 'metadata.labels.a',
      text: 'json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string',
    });
    assert.equal(
      serverView({ apiVersion: 'apps/v1', kind: 'Deployment', spec: [] }).problems[0]?.message,
      'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal array into Go struct field Deployment.spec of type v1.DeploymentSpec',
    );
  });

  test('all wrong values are told, in the order in which the server would meet them', () => {
    const { problems } = serverView(pod({ hostPID: 'no', dnsPolicy: 1, containers: [{ name: 1 }, 7] }));
    assert.deepEqual(
      problems.map(({ path }) => path.join('.')),
      ['spec.containers.0.name', 'spec.containers.1', 'spec.dnsPolicy', 'spec.hostPID'],
    );
  });

  test('a value that its own parser refuses comes first', () => {
    const resources = { limits: { cpu: 'lots' } };
    const { problems } = serverView(
      pod({ activeDeadlineSeconds: 'x', containers: [{ ...container, resources }] }),
    );
    assert.match(problems[0]?.message ?? '', /quantities must match/);
    assert.deepEqual(problems[0]?.path, ['spec', 'containers', 0, 'resources', 'limits', 'cpu']);
  });

  test('integers keep their value up to 64 bits', () => {
    const withPeriod = (value: unknown): JsonObject => pod({ terminationGracePeriodSeconds: value });
    assert.equal(seen(withPeriod(9007199254740993n)).spec.terminationGracePeriodSeconds, 9007199254740993n);
    assert.equal(seen(withPeriod(30n)).spec.terminationGracePeriodSeconds, 30);
    assert.ok(Object.is(seen(withPeriod(-0)).spec.terminationGracePeriodSeconds, 0));
    for (const bad of [2n ** 63n, 1e23, '30', true]) assert.equal(serverView(withPeriod(bad)).object, null);
  });

  test('apiVersion and kind that are no strings are refused', () => {
    const { object, problems } = serverView({ apiVersion: 1, kind: 'Pod' });
    assert.equal(object, null);
    assert.deepEqual(problems[0]?.path, ['apiVersion']);
    assert.match(
      problems[0]?.message ?? '',
      /cannot unmarshal number into Go struct field \.apiVersion of type string/,
    );
  });

  test('many wrong values are not all kept', () => {
    const args = Array.from({ length: 10_000 }, () => 1);
    const { problems } = serverView(pod({ containers: [{ ...container, args }] }));
    assert.equal(problems.length, 100);
  });
});

test('unknown fields are dropped and told', () => {
  const view = serverView(pod({ hostPid: true, containers: [{ ...container, securitycontext: {} }] }));
  assert.deepEqual(view.unknownFields, [
    ['spec', 'containers', 0, 'securitycontext'],
    ['spec', 'hostPid'],
  ]);
  assert.ok(!JSON.stringify(view.object).includes('hostPid'));
});

test('kinds that Kubernetes does not have pass as they are', () => {
  const custom = { apiVersion: 'example.com/v1', kind: 'Pod', spec: { containers: 1 } };
  const view = serverView(custom);
  assert.equal(view.object, custom);
  assert.equal(view.known, false);
  assert.equal(serverView({}).known, false);
});

test('a version that is gone is read as the one that took its place', () => {
  const view = serverView({
    apiVersion: 'extensions/v1beta1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: { rollbackTo: {}, template: { spec: { containers: [container] } } },
  });
  assert.equal(view.servedAs, 'apps/v1');
  assert.equal(view.object?.apiVersion, 'apps/v1');
  assert.deepEqual(view.unknownFields, [['spec', 'rollbackTo']]);
  const ingress = serverView({ apiVersion: 'extensions/v1beta1', kind: 'Ingress', metadata: { name: 'i' } });
  assert.deepEqual([ingress.known, ingress.servedAs], [false, undefined]);
});

test('at the stage of mutations defaults are there, but nothing of the strategy', () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'x-' },
    spec: { containers: [{ name: 'a', image: 'a' }] },
    status: { phase: 'Running' },
  };
  const early = serverView(pod, { namespace: 'n', stage: 'mutating' }).object as never as typeof pod;
  assert.deepEqual(early.metadata, { generateName: 'x-', namespace: 'n' });
  assert.deepEqual(early.status, { phase: 'Running' });
  assert.equal((early.spec as { dnsPolicy?: string }).dnsPolicy, 'ClusterFirst');
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { a: 'b' } };
  assert.deepEqual(serverView(secret, { stage: 'mutating' }).object?.['data'], { a: 'Yg==' });
});

test('selectors that matchLabelKeys add to are not those of the input', () => {
  const selector = { matchLabels: { a: 'b' } };
  const spread = { topologyKey: 'z', labelSelector: selector, matchLabelKeys: ['app'] };
  const affinity = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [spread] } };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'x', labels: { app: 'x' } },
    spec: { containers: [{ name: 'a' }], topologySpreadConstraints: [spread], affinity },
  };
  const before = JSON.stringify(pod);
  for (const _ of [1, 2]) {
    const { spec } = serverView(pod).object as never as typeof pod;
    const expected = { ...selector, matchExpressions: [{ key: 'app', operator: 'In', values: ['x'] }] };
    assert.deepEqual(spec.topologySpreadConstraints[0]?.labelSelector, expected);
    const [term] = spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution;
    assert.deepEqual(term?.labelSelector, expected);
    assert.equal(JSON.stringify(pod), before);
  }
});

test('what a client may not set is dropped once; a mutation may set it after all', () => {
  const metadata = { name: 'x', uid: 'u', deletionGracePeriodSeconds: 30 };
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
  const grace = (stage: 'mutating' | 'defaulted' | 'mutated' | 'validating') => {
    const seen = serverView(map, { stage }).object?.['metadata'] as unknown as typeof metadata;
    return seen.deletionGracePeriodSeconds;
  };
  assert.deepEqual([grace('mutating'), grace('validating')], [undefined, undefined]);
  assert.deepEqual([grace('defaulted'), grace('mutated')], [30, 30]);
});
