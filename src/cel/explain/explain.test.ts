import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compile,
  type ExplainedNode,
  type Explanation,
  type Program,
  type Type,
  Variables,
} from '../index.ts';
import { kubernetesEnvironment } from '../kubernetes/environment.ts';

const object = {
  kind: 'Deployment',
  metadata: { labels: { app: 'x' } },
  spec: {
    template: {
      spec: {
        containers: [
          { name: 'a', image: 'nginx', securityContext: { capabilities: { add: ['SYS_ADMIN', 'CHOWN'] } } },
          { name: 'b' },
        ],
        initContainers: [
          {
            name: 'i',
            securityContext: {
              privileged: true,
              allowPrivilegeEscalation: true,
              capabilities: { add: ['NET_RAW'] },
            },
          },
        ],
      },
    },
  },
};

const definitions = {
  pod: "object.kind == 'Pod' ? object.spec : object.spec.template.spec",
  containers:
    'variables.pod.containers + variables.pod.?initContainers.orValue([]) + variables.pod.?ephemeralContainers.orValue([])',
  allowed: "['CHOWN', 'KILL']",
  bad: 'variables.containers.filter(c, c.?securityContext.capabilities.add.orValue([]).exists(k, !(k in variables.allowed)))',
};

const types: Record<string, Type> = {};
const programs = new Map<string, Program>();
for (const [name, text] of Object.entries(definitions)) {
  const program = programOf(text);
  types[name] = program.type;
  programs.set(name, program);
}

function programOf(text: string): Program {
  const compiled = compile(text, kubernetesEnvironment('1.36', { mode: 'stored', variables: types }));
  if ('issues' in compiled) throw new Error(`${text}: ${compiled.message}`);
  return compiled.program;
}

function explain(text: string): Explanation {
  return programOf(text).explain({ object, variables: new Variables(programs, { object }) });
}

const paths = (text: string): string[] =>
  explain(text).paths.map((path) => path.join('.').replace('object.spec.template.spec', 'pod'));

/** Expressions and the places they name, `pod` standing for the pod's spec. */
const cases: Readonly<Record<string, readonly string[]>> = {
  'variables.bad.size() == 0': [
    'pod.containers.0.securityContext.capabilities.add.0',
    'pod.initContainers.0.securityContext.capabilities.add.0',
  ],
  'variables.bad.map(b, b.name) == []': [
    'pod.containers.0.securityContext.capabilities.add.0',
    'pod.initContainers.0.securityContext.capabilities.add.0',
  ],
  'variables.containers.all(c, c.?securityContext.allowPrivilegeEscalation.orValue(true) == false)': [
    'pod.containers.0.securityContext.allowPrivilegeEscalation',
    'pod.containers.1.securityContext.allowPrivilegeEscalation',
    'pod.initContainers.0.securityContext.allowPrivilegeEscalation',
  ],
  'variables.containers.all(c, has(c.securityContext) && has(c.securityContext.runAsUser) && c.securityContext.runAsUser > 0)':
    [
      'pod.containers.0.securityContext.runAsUser',
      'pod.containers.1.securityContext.runAsUser',
      'pod.initContainers.0.securityContext.runAsUser',
    ],
  '!variables.containers.exists(c, has(c.securityContext) && has(c.securityContext.privileged) && c.securityContext.privileged)':
    ['pod.initContainers.0.securityContext.privileged'],
  "variables.containers.map(c, c.name).all(n, n.startsWith('z'))": [
    'pod.containers.0.name',
    'pod.containers.1.name',
    'pod.initContainers.0.name',
  ],
  "variables.containers.map(c, c.name).exists(n, n in ['b'])": ['pod.containers.1.name'],
  "variables.containers.all(i, c, c.name != 'b')": ['pod.containers.1.name'],
  "variables.containers.all(c, {'p': c.?securityContext.?privileged.orValue(false)}.p == false)": [
    'pod.initContainers.0.securityContext.privileged',
  ],
  'variables.pod.?hostPID.orValue(false) == true': ['pod.hostPID'],
  'variables.pod.securityContext.runAsNonRoot == true': ['pod.securityContext.runAsNonRoot'],
  'has(variables.pod.hostNetwork) ? variables.pod.hostNetwork : false': ['pod.hostNetwork'],
  'variables.pod.containers.size() < 2': ['pod.containers'],
  "variables.pod.containers.exists(c, c.name == 'istio')": ['pod.containers'],
  'variables.pod.containers.exists_one(c, c.name.size() == 1)': [
    'pod.containers.0.name',
    'pod.containers.1.name',
  ],
  "variables.pod.containers[1].image == 'x'": ['pod.containers.1.image'],
  "'team' in object.metadata.labels": ['object.metadata.labels.team'],
  "object.metadata.labels['team'] == 'x'": ['object.metadata.labels.team'],
  "object.metadata.labels.all(k, v, v == 'y')": ['object.metadata.labels.app'],
  "object.metadata.labels.all(k, k == 'y')": ['object.metadata.labels.app'],
  'variables.pod.containers.all(c, c.?securityContext.?runAsUser.optMap(u, u > 0).orValue(false))': [
    'pod.containers.0.securityContext.runAsUser',
    'pod.containers.1.securityContext.runAsUser',
  ],
  'variables.pod.containers.all(c, false)': ['pod.containers.0', 'pod.containers.1'],
  '[1, 2] == [3]': [],
  "'SYS_ADMIN' in variables.pod.containers[0].securityContext.capabilities.add": [
    'pod.containers.0.securityContext.capabilities.add.0',
  ],
  "'KILL' in variables.pod.containers[0].securityContext.capabilities.add": [
    'pod.containers.0.securityContext.capabilities.add',
  ],
  "'b' in variables.containers.map(c, c.name)": ['pod.containers.1.name'],
  "'z' in variables.containers.map(c, c.name)": [
    'pod.containers.0.name',
    'pod.containers.1.name',
    'pod.initContainers.0.name',
  ],
  "object.kind in ['Deployment', 'Job']": ['object.kind'],
  'object.metadata.labels.app in [object.kind]': ['object.metadata.labels.app', 'object.kind'],
  "object.metadata.labels.exists(k, v, k == 'app' && v == 'x')": ['object.metadata.labels.app'],
  "object.metadata.labels.transformMap(k, v, v + '!') == {'app': 'y!'}": ['object.metadata.labels.app'],
  "variables.containers.transformList(i, c, c.name).exists(n, n == 'b')": ['pod.containers.1.name'],
  "variables.containers.exists_one(i, c, c.name == 'b')": ['pod.containers.1.name'],
  "{'kind': object.kind, 'app': object.metadata.labels.app}.kind == 'Pod'": ['object.kind'],
  "{'kind': object.kind, 'app': object.metadata.labels.app}['app'] == 'y'": ['object.metadata.labels.app'],
  "{'kind': object.kind}.all(k, v, v == 'Pod')": ['object.kind'],
  // No key of a map is a map.
  "dyn({'toString': 'x'}) in object.metadata.labels": ['object.metadata.labels'],
  "(object.kind == 'Pod' ? 'x' : object.metadata.labels.app) == 'z'": ['object.metadata.labels.app'],
  "(object.kind == 'Deployment' ? 'x' : 'y') == 'y'": ['object.kind'],
  "object.kind + '/' + object.metadata.labels.app == 'Pod/x'": ['object.kind', 'object.metadata.labels.app'],
  "'%s-%s'.format([object.kind, object.metadata.labels.app]) == ''": [
    'object.kind',
    'object.metadata.labels.app',
  ],
};

for (const [text, expected] of Object.entries(cases)) {
  test(`names the places that decide: ${text}`, () => {
    assert.deepEqual(paths(text), expected);
  });
}

test('paths have segments, indexes being numbers', () => {
  assert.deepEqual(explain("variables.pod.containers[1].name == 'x'").paths, [
    ['object', 'spec', 'template', 'spec', 'containers', 1, 'name'],
  ]);
});

/** Costs that kube-apiserver 1.36.3 reported for these expressions. */
const costs: Readonly<Record<string, number>> = {
  true: 0,
  'object.kind': 2,
  'has(object.kind)': 1,
  '[1, 2]': 0,
  "{'a': object.kind}": 32,
  '[object.kind]': 12,
  '[1, 2].all(x, x > 0)': 11,
  '[1, 2].map(x, x)': 27,
  "object.kind in ['a', 'b']": 2,
  "object.kind == 'Deployment'": 3,
  "'abc'.contains('b')": 1,
  '[3, 1, 2].sortBy(x, -x)': 74,
  'optional.of(1)': 1,
  "object.?kind.optMap(k, k + 'x')": 10,
};

for (const [text, cost] of Object.entries(costs)) {
  test(`charges ${cost} for ${text}`, () => {
    assert.equal(explain(text).cost, cost);
  });
}

test('naming further elements costs nothing', () => {
  const first = explain("object.spec.template.spec.containers.all(c, c.name == 'z')");
  assert.equal(first.paths.length, 2);
  assert.equal(first.cost, 14);
});

test('the tree holds every node with its value', () => {
  const { tree } = explain("object.kind == 'Pod' || [1, 2].exists(x, x == 2)");
  const texts: string[] = [];
  const visit = ({ start, end, result, children }: ExplainedNode): void => {
    texts.push(`${start}-${end} ${JSON.stringify(result)}`);
    children.forEach(visit);
  };
  visit(tree);
  assert.equal(texts[0], '0-48 true');
  assert.ok(texts.includes('0-20 false'));
  assert.ok(texts.includes('0-11 "Deployment"'));
  assert.ok(texts.includes('41-47 false') && texts.includes('41-47 true'));
});

test('what variables cost is counted by themselves', () => {
  const variables = new Variables(programs, { object });
  const { cost } = programOf('variables.pod.containers.size() == 2').explain({ object, variables });
  assert.equal(cost, 5);
  assert.ok(variables.cost > 0);
});
