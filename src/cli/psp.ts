import { formatMinorVersion } from '../catalogue/versions.ts';
import { collectManifests, type Manifest } from '../collect/manifests.ts';
import { suggestion } from '../config/did-you-mean.ts';
import { placeOf } from '../loop/located.ts';
import { type Conversion, convert } from '../loop/pod-security-policy/convert.ts';
import {
  isPodSecurityPolicy,
  type PodSecurityPolicy,
  readPodSecurityPolicy,
} from '../loop/pod-security-policy/definition.ts';
import { grantsOf } from '../loop/pod-security-policy/grants.ts';
import { type Level, levels } from '../loop/pod-security-policy/level.ts';
import type { JsonObject } from '../model/object.ts';
import { printable, printableJson } from '../report/printable.ts';
import { count } from '../report/summary.ts';
import { stringify, type Value } from '../yaml/index.ts';
import { type Arguments, type Command, flagList, flagText, type FlagValues, UsageError } from './command.ts';
import { policyActions } from './export.ts';
import { refuseAddresses } from './inputs.ts';
import { knownVersions, kubernetesVersion } from './kubernetes-version.ts';
import { problemLine } from './problem-line.ts';
import type { Streams } from './stream.ts';

/** `scantling psp`: its flags and its help. */
export const pspCommand: Command = {
  name: 'psp',
  summary: 'Turn PodSecurityPolicies into Pod Security labels and admission policies.',
  usage: 'psp convert FILE ... [flags]',
  arguments: ['convert'],
  examples: [
    'kubectl get psp,roles,rolebindings,clusterroles,clusterrolebindings,namespaces -A -o yaml | scantling psp convert -',
    'scantling psp convert restricted.yaml --namespace shop | kubectl apply -f -',
    'scantling psp convert psp/ --action warn,audit -o json',
  ],
  flags: {
    namespace: {
      type: 'string',
      short: 'n',
      multiple: true,
      value: 'NAME,...',
      help: 'namespaces to write labels for, beside those in the input',
    },
    enforce: {
      type: 'string',
      value: 'LEVEL',
      values: ['privileged', 'baseline', 'restricted'],
      help: 'privileged, baseline or restricted (default: the strictest that refuses no pod)',
    },
    whole: { type: 'boolean', help: 'the policies also forbid what the labels enforce already' },
    action: {
      type: 'string',
      multiple: true,
      value: 'ACTION,...',
      values: ['deny', 'warn', 'audit'],
      help: 'what happens to what is forbidden: deny (default), warn, audit',
    },
    'exempt-namespace': {
      type: 'string',
      multiple: true,
      value: 'NAME,...',
      help: 'namespaces that are not judged; "" for none',
    },
    name: { type: 'string', value: 'NAME', help: 'of the admission policies (default psp-NAME)' },
    'kubernetes-version': {
      type: 'string',
      value: '1.NN',
      help: `the version of the cluster, ${knownVersions} (default the latest)`,
    },
    output: {
      type: 'string',
      short: 'o',
      value: 'FORMAT',
      values: ['yaml', 'json'],
      help: 'yaml (default) or json',
    },
  },
  notes: `Where Roles and bindings in the input say who may use a policy, the admission policies ask the
cluster just that. What is not carried over is listed on standard error and in comments;
docs/psp.md says how each field is.

Exit codes: 0 converted; 2 a mistake in the call; 3 something could not be read.`,
};

/** `scantling psp convert`. Returns the exit code. */
export async function runPsp({ flags, positionals }: Arguments, streams: Streams): Promise<number> {
  const [verb, ...inputs] = positionals;
  if (verb !== 'convert') {
    const hint = verb === undefined ? 'psp needs to be told what to do' : `psp cannot "${verb}"`;
    throw new UsageError(`${hint}: scantling psp convert FILE`);
  }
  if (inputs.length === 0 || inputs.includes(''))
    throw new UsageError('no input: name a file, or - for standard input');
  refuseAddresses(inputs, 'psp convert');
  const format = flagText(flags, 'output') ?? 'yaml';
  if (format !== 'yaml' && format !== 'json') {
    throw new UsageError(`unknown output format "${format}" (yaml, json)`);
  }
  const enforce = levelOf(flags);
  const actions = policyActions(flags);
  const version = kubernetesVersion(flagText(flags, 'kubernetes-version'));
  const { cwd, err, stdin } = streams;
  const { manifests, problems } = collectManifests(inputs, { cwd, exclude: [], stdin });
  let failed = false;
  const tell = (severity: string, file: string, line: number, column: number, reason: string): void => {
    err(problemLine({ severity, file, line, column, reason }));
    failed ||= severity === 'error';
  };
  for (const { column, file, line, reason, severity } of problems) tell(severity, file, line, column, reason);
  const policies = policiesOf(manifests, tell);
  if (policies.length === 0) {
    err('exit 3: there is no PodSecurityPolicy that can be converted in the input\n');
    return 3;
  }
  const exempt = flags['exempt-namespace'] === undefined ? undefined : flagList(flags, 'exempt-namespace');
  const conversion = convert({
    policies,
    grants: grantsOf(
      manifests.map(({ value }) => value),
      policies.map(({ name }) => name),
    ),
    version,
    namespaces: [...flagList(flags, 'namespace'), ...namespacesIn(manifests)],
    enforce,
    whole: flags['whole'] === true,
    name: flagText(flags, 'name'),
    actions,
    exempt,
  });
  await streams.out(format === 'json' ? json(conversion) : yaml(conversion));
  for (const note of conversion.notes) err(`note  ${printable(note)}\n`);
  const parts = [
    `${count(policies.length, 'PodSecurityPolicy', 'PodSecurityPolicies')} converted`,
    `namespaces can enforce ${conversion.level} in ${formatMinorVersion(version)}`,
  ];
  err(`${parts.join('; ')}\n`);
  return failed ? 3 : 0;
}

type Tell = (severity: string, file: string, line: number, column: number, reason: string) => void;

/** The policies of the input, each once; mistakes are told where they stand. */
function policiesOf(manifests: readonly Manifest[], tell: Tell): PodSecurityPolicy[] {
  const found = new Map<string, PodSecurityPolicy>();
  for (const manifest of manifests) {
    if (!isPodSecurityPolicy(manifest.value)) continue;
    const { policy, problems, unused } = readPodSecurityPolicy(manifest.value);
    const at = (severity: string, path: readonly (string | number)[], reason: string): void => {
      const { column, file, line } = placeOf(manifest, path);
      tell(severity, file, line, column, reason);
    };
    const { name } = manifest.reference;
    for (const { path, reason } of problems)
      at('error', path, `PodSecurityPolicy ${name}: ${path.join('.')} ${reason}`);
    for (const { path, reason } of unused)
      at('warning', path, `PodSecurityPolicy ${name}: ${reason}; it is left out`);
    if (policy === undefined) continue;
    if (found.has(policy.name))
      at('error', ['metadata', 'name'], `there is a PodSecurityPolicy ${name} already`);
    else found.set(policy.name, policy);
  }
  return [...found.values()];
}

function namespacesIn(manifests: readonly Manifest[]): string[] {
  return manifests.flatMap(({ reference }) =>
    reference.kind === 'Namespace' && reference.apiVersion === 'v1' ? [reference.name] : [],
  );
}

function levelOf(flags: FlagValues): Level | undefined {
  const written = flagText(flags, 'enforce');
  const level = levels.find((one) => one === written);
  if (written !== undefined && level === undefined) {
    throw new UsageError(
      `--enforce takes ${levels.join(', ')}, not "${written}"${suggestion(written, levels)}`,
    );
  }
  return level;
}

/** The objects with what a person has to know above them. */
function yaml({ labels, notes, objects, obstacles }: Conversion): string {
  const comments = [
    'Labels for namespaces with pods of these policies:',
    ...Object.entries(labels).map(([key, value]) => `  ${key}: ${value}`),
    ...(obstacles.length === 0 ? [] : ['', 'What is in the way of stricter levels:']),
    ...obstacles.map(({ field, level, policy, reason }) => `  ${level}: ${policy}: ${field} ${reason}`),
    '',
    'What to know:',
    ...notes.map((note) => `  ${note}`),
  ];
  const head = comments.map((line) => printable(`# ${line}`.trimEnd())).join('\n');
  return `${head}\n${objects.map((object) => stringify(object as Value)).join('---\n')}`;
}

function json({ objects }: Conversion): string {
  const list: JsonObject = { apiVersion: 'v1', kind: 'List', items: objects };
  return `${printableJson(list, 2)}\n`;
}
