import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { describe, test } from 'node:test';
import { run, type Surroundings } from './program.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const outputs = path.join(here, 'outputs');
const atRoot: Surroundings = { cwd: root };
const atFixtures: Surroundings = { cwd: path.join(here, 'fixtures') };

interface Case {
  readonly name: string;
  /** One command line or several, shown one after the other. */
  readonly calls: readonly string[];
  readonly around: Surroundings;
}

/** Programs that print what Helm and kubectl did; `test/kube` compares that with the real ones. */
const renderers: Surroundings = {
  ...atFixtures,
  env: {
    PATH: process.env['PATH']!,
    SCANTLING_HELM: 'rendering/bin/helm',
    SCANTLING_KUBECTL: 'rendering/bin/kubectl',
  },
};

const one = (name: string, call: string, around: Surroundings = atRoot): Case => ({
  name,
  calls: [call],
  around,
});

const unsigned =
  'object.spec.template.spec.containers.all(c, c.image.startsWith("registry.example.com/") || c.image.contains("@sha256:"))';
const images = '--variable \'tags=object.spec.template.spec.containers.map(c, c.image.split(":")[1])\'';

const cases: readonly Case[] = [
  one('shop', 'scan examples/shop'),
  one('shop-all', 'scan examples/shop --all'),
  one('shop-quiet', 'scan examples/shop --quiet'),
  one(
    'shop-show-all',
    'scan examples/shop -c privileged-container,ssh-server,forbidden-registries --show all',
  ),
  one('shop-restricted', 'scan examples/shop -p pss-restricted --kubernetes-version 1.30'),
  one('shop-json', 'scan examples/shop -o json'),
  one('shop-yaml', 'scan examples/shop -o yaml'),
  one('shop-sarif', 'scan examples/shop -o sarif'),
  one('shop-junit', 'scan examples/shop -o junit'),
  one('shop-github', 'scan examples/shop -o github'),
  one('shop-html', 'scan examples/shop -o html -c privileged-container,ssh-server,host-path-volume'),
  one('team', 'scan team', atFixtures),
  one('team-all', 'scan team --all', atFixtures),
  one('team-quiet', 'scan team -q', atFixtures),
  one(
    'team-json',
    'scan team -o json -c privileged-container,host-namespaces,forbidden-registries',
    atFixtures,
  ),
  one('team-sarif', 'scan team -o sarif -c privileged-container', atFixtures),
  one('team-junit', 'scan team -o junit', atFixtures),
  one('team-github', 'scan team -o github', atFixtures),
  one('team-policies-named', 'scan team --policy policies -c replicas', atFixtures),
  one('team-policies', 'scan team --policy policies -c privileged-container --all', atFixtures),
  one('team-narrow', 'scan team', { ...atFixtures, columns: 72 }),
  one('team-colored', 'scan team', { ...atFixtures, terminal: true }),
  one('stdin', 'scan - -c privileged-container', {
    ...atFixtures,
    stdin:
      'kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec: {containers: [{name: a, securityContext: {privileged: true}}]}\n',
  }),
  one('rendering', 'scan rendering', renderers),
  one('rendering-all', 'scan rendering --all', renderers),
  one('rendering-json', 'scan rendering -o json -c privileged-container,host-namespaces', renderers),
  one('rendering-fix', 'fix rendering --diff', renderers),
  one('rendering-none', 'scan rendering --no-render -q', renderers),
  one('shop-compliance', 'scan examples/shop -p cis-1.12'),
  one('shop-compliance-all', 'scan examples/shop -p owasp-2025,eleven-ways --all -c privileged-container'),
  one('shop-as', 'scan examples/shop -c C-0057,host-namespaces --as trivy'),
  one('clean', 'scan team/compose.yaml', atFixtures),
  one('controls', 'controls'),
  one('controls-wide', 'controls -o wide'),
  one('controls-name', 'controls -o name'),
  one('controls-json', 'controls -o json -p essentials'),
  one('controls-as', 'controls --as kubescape -p pss-baseline'),
  {
    name: 'export',
    calls: [
      'export -c privileged-container,missing-config-map,forbidden-registries,kubelet-anonymous-auth --fixes',
      'export -c forbidden-registries --to static --action warn,audit',
      'export -c privileged-container --to static --fixes --unsafe',
      'export --to stone',
      'export --action deny,warn',
      'export --to static --kubernetes-version 1.35',
      'export -c privileged-container -o yaml',
      'export -c privileged-container -o policies.json',
    ],
    around: { cwd: path.join(here, 'fixtures/team') },
  },
  one('explain', 'explain privileged-container'),
  one('explain-fail', 'explain privileged-container -f team/web.yaml', atFixtures),
  one('explain-pass', 'explain host-namespaces -f team/legacy.yaml --all', atFixtures),
  one(
    'explain-param',
    'explain forbidden-registries -f team/web.yaml --param allowed=registry.example.com',
    atFixtures,
  ),
  one('explain-passed-over', 'explain forbidden-registries -f team/web.yaml', atFixtures),
  one('explain-policy', 'explain replicas --policy policies -f team/web.yaml', atFixtures),
  one('explain-secret', 'explain credential-in-config-map -f - --all', {
    ...atFixtures,
    stdin:
      'kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {DB_PASSWORD: s3cret-Enough-4all, mode: fast}\n---\nkind: Secret\napiVersion: v1\nmetadata: {name: b}\nstringData: {password: s3cret-Enough-4all}\n',
  }),
  one('explain-unreadable', 'explain host-port -f team/broken.yaml', atFixtures),
  one('test', 'test controls/privileged-container controls/ssh-server --kubernetes-version 1.30'),
  one('test-examples', 'test examples/policy-tests --coverage'),
  one('test-failing', 'test tests', atFixtures),
  one('test-coverage', 'test tests/own --coverage-threshold 90 -q', atFixtures),
  one('test-json', 'test tests/own --coverage -o json', atFixtures),
  one('test-junit', 'test tests -o junit', atFixtures),
  one('test-colored', 'test tests/own', { ...atFixtures, terminal: true }),
  one('eval', 'eval \'[1, 2].exists(i, i == 2) && "a" + "b" == "ab"\''),
  one('eval-false', `eval '${unsigned}' -f team/web.yaml --object deployment/web`, atFixtures),
  one('eval-colored', `eval '${unsigned}' -f team/web.yaml --object deployment/web`, {
    ...atFixtures,
    terminal: true,
    columns: 100,
  }),
  one(
    'eval-unknown',
    'eval \'object.spec.none == 1 || request.userInfo.username == "alice" || object.spec.replicas > 9\' -f team/web.yaml --object Deployment/web',
    atFixtures,
  ),
  one(
    'eval-variables',
    `eval 'variables.tags.all(t, t != "latest") ? "pinned" : "floating"' ${images} -f team/web.yaml --object deployment/web`,
    atFixtures,
  ),
  one(
    'eval-json',
    `eval 'variables.tags.exists(t, t == "2")' ${images} -f team/web.yaml --object deployment/web -o json`,
    atFixtures,
  ),
  one('eval-yaml', 'eval \'duration("90m").getMinutes() + 1\' -o yaml'),
  {
    name: 'eval-values',
    calls: [
      '1.0 / 3.0',
      '1u + 2u',
      'b"\\xff" + b"a"',
      'optional.of(1).optMap(x, x + 1)',
      'optional.none()',
      'timestamp("2024-02-29T12:00:00Z") + duration("24h")',
      'duration("90m")',
      'quantity("1Gi").add(quantity("500m"))',
      'ip("10.0.0.1").family()',
      'type(1)',
      '{1: "a", true: "b"}.size()',
      '9223372036854775807',
      '[1, 2, 3].map(i, i * 100).filter(i, i > 100)',
    ].map((expression) => `eval -q '${expression}'`),
    around: atRoot,
  },
  {
    name: 'eval-errors',
    calls: [
      'eval',
      "eval 'object.spec.replicas >'",
      "eval 'object.foo + missing'",
      'eval \'isSemver("1.0.0")\' --kubernetes-version 1.32',
      "eval '1 / 0'",
      "eval -q '1 / 0'",
      "eval -q 'request.userInfo.username'",
      "eval 'true' -f nope.yaml",
      "eval 'true' -f examples/shop/api.yaml",
      "eval 'true' --operation CRATE",
      "eval 'true' --group dev",
      "eval 'variables.a' --variable 'a b=1'",
      "eval 'variables.a' --variable 'a=1 +'",
      "eval 'true' -o jsn",
    ],
    around: atRoot,
  },
  one('eval-stdin', "eval -q 'object.metadata.name' -f -", {
    ...atRoot,
    stdin: '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}',
  }),
  one(
    'admit',
    'admit --policy admission/policies --context admission/cluster.yaml admission/reviews.jsonl',
    atFixtures,
  ),
  one(
    'admit-explain',
    'admit --policy admission/policies --context admission/cluster.yaml --explain admission/reviews.jsonl',
    atFixtures,
  ),
  one('help-admit', 'help admit'),
  one('lint', 'lint lint/policies.yaml lint/replicas.yaml', atFixtures),
  one('lint-all', 'lint lint/policies.yaml lint/replicas.yaml --all', atFixtures),
  one('lint-quiet', 'lint lint -q', atFixtures),
  one('lint-broken', 'lint lint/broken.yaml --kubernetes-version 1.32 --all', atFixtures),
  one('lint-clean', 'lint lint/replicas.yaml --fail-on info', atFixtures),
  one('lint-static', 'lint lint/replicas.yaml --static-manifest', atFixtures),
  one('lint-json', 'lint lint/policies.yaml -o json', atFixtures),
  one('lint-sarif', 'lint lint/replicas.yaml lint/policies.yaml -o sarif', atFixtures),
  one('lint-github', 'lint lint -o github', atFixtures),
  {
    name: 'lint-errors',
    calls: [
      'lint team',
      'lint lint/replicas.yaml --fail-on unknown',
      'lint lint/replicas.yaml --fail-on hgh',
      'lint lint/replicas.yaml --kubernetes-version 1.12',
      'lint nowhere',
      'lint --statc-manifest',
    ],
    around: atFixtures,
  },
  one('help-lint', 'help lint'),
  one('mutate', 'mutate -f mutation/pod.yaml --policy mutation/policies.yaml', atFixtures),
  one('mutate-diff', 'mutate -f mutation/pod.yaml --policy mutation/policies.yaml --diff', atFixtures),
  one('mutate-json', 'mutate mutation/pod.yaml --policy mutation/policies.yaml -o json -q', atFixtures),
  {
    name: 'mutate-errors',
    calls: [
      'mutate -f mutation/pod.yaml --policy mutation/failing.yaml --diff',
      'mutate -f mutation/pod.yaml --policy mutation/refused.yaml',
      'mutate -f mutation/pod.yaml --policy mutation/policies.yaml -n other --diff',
      'mutate -f mutation/pod.yaml',
      'mutate -f mutation/nope.yaml --policy mutation/policies.yaml',
      'mutate --policy mutation/policies.yaml',
      'mutate mutation/pod.yaml --policy mutation/policies.yaml -o xml',
      'mutate mutation/pod.yaml --policy mutation/policies.yaml -o json --diff',
    ],
    around: atFixtures,
  },
  one('help-mutate', 'help mutate'),
  one('psp', 'psp convert psp/restricted.yaml --namespace shop', atFixtures),
  one('psp-several', 'psp convert psp --kubernetes-version 1.35', atFixtures),
  {
    name: 'psp-errors',
    calls: [
      'psp',
      'psp covert psp',
      'psp convert',
      'psp convert psp/none.yaml',
      'psp convert psp/restricted.yaml --enforce strict',
      'psp convert psp/restricted.yaml -o xml',
      'psp convert team',
    ],
    around: atFixtures,
  },
  one('help-psp', 'help psp'),
  one('import', 'import peers peers/polaris.yaml peers/kubescape.json', atFixtures),
  {
    name: 'import-errors',
    calls: [
      'import',
      'import peers --from trivi',
      'import nowhere',
      'import team/compose.yaml',
      'import peers/polaris.yaml --config team/web.yaml --write',
    ],
    around: atFixtures,
  },
  one('help-import', 'help import'),
  one('help', 'help'),
  one('help-scan', 'scan --help'),
  one('help-controls', 'help controls'),
  one('help-export', 'help export'),
  one('help-eval', 'help eval'),
  one('help-explain', 'help explain'),
  one('help-test', 'help test'),
  one('help-completion', 'help completion'),
  one('help-lsp', 'help lsp'),
  {
    name: 'lsp-errors',
    calls: ['lsp deploy/', 'lsp --config missing.yaml', 'lsp -p pss-restrictd'],
    around: atFixtures,
  },
  {
    name: 'completion-errors',
    calls: ['completion', 'completion bsh', 'scan -f https://example.com/web.yaml'],
    around: atRoot,
  },
  one('version', 'version'),
  { name: 'version-errors', calls: ['version extra', 'version --json'], around: atRoot },
  {
    name: 'usage-errors',
    calls: [
      'scna',
      'help scna',
      'scan --profle x',
      'scan -p essential',
      'scan -c host-prt',
      'scan -c C-9999',
      'scan --as trivi',
      'scan -o jsn',
      'scan -o json -o text',
      'scan --fail-on hihg',
      'scan --kubernetes-version 1.29',
      'scan --baseline nope.json',
      'controls -p essental',
      'explain',
      'test nope',
      'admit',
      'admit --policy nope',
      'admit --policy controls/privileged-container/policy.yaml nope.jsonl',
      'test docs',
      'test README.md',
      'test -o jnuit',
      'test --coverage-threshold much',
      'explain privilegd-container',
    ],
    around: atRoot,
  },
];

/** The time a run took is all that may differ. */
const normalised = (text: string): string =>
  (text.includes('<!doctype html>') ? readablePage(text) : text)
    .replace(/\b\d+\.\d\d s$/gm, '0.00 s')
    .replace(/(<testsuites .*time=")[\d.]+"/, '$10.000"');

/** A page without its day, time and own script and style, an element a line. */
const readablePage = (text: string): string =>
  text
    .replace(/(?<=<time datetime="[^"]*">).*?(?=<)|(?<=<time datetime=")[^"]*/g, '2000-01-01')
    .replace(/\b\d+\.\d\d s(?=<)/, '0.00 s')
    .replace(/(?<=<(script|style)>).*?(?=<\/\1>)/gs, '')
    .replace(/'sha256-[^']*'/g, "'sha256-'")
    .replace(
      /(?<!\n)<(?=(?:article|dd|details|div|dl|fieldset|figure|form|h\d|label|li|ol|option|p|pre|section|select|summary|ul)\b)/g,
      '\n<',
    );

/** The words of a command line; single quotes hold one together. */
const wordsOf = (call: string): string[] =>
  [...call.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);

async function shown({ calls, around }: Case): Promise<string> {
  let text = '';
  for (const call of calls) {
    const { code, err, out } = await run(wordsOf(call), around);
    text += `$ scantling ${call}\n${out}${err === '' ? '' : `--- standard error\n${err}`}--- exit code ${code}\n`;
  }
  return normalised(text);
}

describe('what every verb prints, as accepted by a person (UPDATE_GOLDEN=1 writes it anew)', () => {
  for (const one of cases) {
    test(one.name, async () => {
      const file = path.join(outputs, `${one.name}.golden.txt`);
      const actual = await shown(one);
      assert.doesNotMatch(actual, /something is wrong inside/, 'nobody accepts this');
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, actual);
      assert.ok(existsSync(file), `${file} is missing; UPDATE_GOLDEN=1 writes it`);
      assert.equal(actual, readFileSync(file, 'utf8'));
    });
  }

  test('no output is left over from a case that is gone', () => {
    const expected = cases.map(({ name }) => `${name}.golden.txt`).sort();
    assert.deepEqual(readdirSync(outputs).sort(), expected);
  });
});
