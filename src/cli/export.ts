import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openCatalogue } from '../catalogue/catalogue.ts';
import {
  exportControls,
  type ExportedObject,
  type ExportTarget,
  firstStatic,
  type LeftOut,
  type ValidationAction,
} from '../catalogue/export.ts';
import { formatMinorVersion } from '../catalogue/versions.ts';
import { suggestion } from '../config/did-you-mean.ts';
import { defaultProfiles } from '../loop/ruleset.ts';
import { groupBy } from '../model/group-by.ts';
import type { JsonObject } from '../model/object.ts';
import { count } from '../report/summary.ts';
import { stringify, type Value } from '../yaml/index.ts';
import { type Arguments, type Command, flagList, flagText, type FlagValues, UsageError } from './command.ts';
import { knownVersions, kubernetesVersion } from './kubernetes-version.ts';
import { namedControls } from './named-controls.ts';
import { writable } from './outputs.ts';
import { configurationsFor, refuse, startFolder } from './configurations.ts';
import { namedProfiles } from './named-profiles.ts';
import type { Streams } from './stream.ts';

/** `scantling export`: its flags and its help. */
export const exportCommand: Command = {
  name: 'export',
  summary: 'Write controls as plain admission policies that a cluster enforces by itself.',
  usage: 'export [flags]',
  examples: [
    'scantling export --profile pss-restricted | kubectl apply -f -',
    'scantling export --profile nsa --action warn,audit -o policies/',
    'scantling export --profile pss-baseline --fixes -o policies.yaml',
    'scantling export --to static --fixes -o /etc/kubernetes/admission/',
  ],
  flags: {
    profile: {
      type: 'string',
      short: 'p',
      multiple: true,
      value: 'NAME,...',
      help: 'the profiles to export (default pss-baseline,essentials)',
    },
    control: { type: 'string', short: 'c', multiple: true, value: 'ID,...', help: 'only these controls' },
    to: {
      type: 'string',
      value: 'FORM',
      values: ['native', 'static'],
      help: 'native: to apply with kubectl (default); static: for the disk of the API server',
    },
    fixes: { type: 'boolean', help: 'the safe fixes as MutatingAdmissionPolicies, too' },
    unsafe: { type: 'boolean', help: 'with --fixes: also what may make programs behave otherwise' },
    action: {
      type: 'string',
      multiple: true,
      value: 'ACTION,...',
      values: ['deny', 'warn', 'audit'],
      help: 'what happens to what fails: deny (default), warn, audit',
    },
    'exempt-namespace': {
      type: 'string',
      multiple: true,
      value: 'NAME,...',
      help: 'namespaces that are not judged (default kube-system; "" for none)',
    },
    'parameter-namespace': {
      type: 'string',
      value: 'NAME',
      help: 'the namespace of the ConfigMaps with parameters (default scantling)',
    },
    'kubernetes-version': {
      type: 'string',
      value: '1.NN',
      help: `the version of the cluster, ${knownVersions} (default the latest)`,
    },
    output: { type: 'string', short: 'o', value: 'FILE|FOLDER', help: 'a .yaml file, or a folder of them' },
    config: {
      type: 'string',
      value: 'FILE',
      help: 'whose parameters and "off" count (default: the nearest .scantling.yaml)',
    },
  },
  notes: `The policies let go what is on its way out, and judge an update only where it changes what they are
about: they may be enforced on a cluster that runs. What no API server can run is listed on standard
error. In the static form the API server loads them from the folders validating/ and mutating/ (alpha
in Kubernetes 1.36, on by default in 1.37); parameters are written into the policies there.`,
};

const actionNames: Readonly<Record<string, ValidationAction>> = {
  deny: 'Deny',
  warn: 'Warn',
  audit: 'Audit',
};

/** `scantling export`. Returns the exit code. */
export async function runExport({ flags, positionals }: Arguments, streams: Streams): Promise<number> {
  if (positionals.length > 0) throw new UsageError(`export takes no arguments, "${positionals[0]}" is one`);
  const catalogue = await openCatalogue();
  const configurations = configurationsFor(flags, catalogue, ['.'], streams);
  if (configurations.problems.length > 0) return refuse(configurations.problems, streams);
  const settings = configurations.forFolder(startFolder('.', streams.cwd))?.configuration;
  const to = target(flags);
  const version = kubernetesVersion(flagText(flags, 'kubernetes-version') ?? settings?.kubernetesVersion);
  if (to === 'static' && version < firstStatic) {
    throw new UsageError(
      `an API server reads policies from its disk since ${formatMinorVersion(firstStatic)}, not in ${formatMinorVersion(version)}`,
    );
  }
  const profiles = namedProfiles(flags, catalogue) ?? settings?.profile ?? defaultProfiles;
  const ids =
    namedControls(flags, 'control', catalogue, streams) ??
    profiles.flatMap((name) => catalogue.profiles.get(name)!.controls);
  const controls = [...new Set(ids)]
    .sort()
    .filter((id) => settings?.severity?.[id] !== 'off')
    .map((id) => catalogue.controls.get(id)!);
  const { leftOut, objects } = exportControls(controls, {
    to,
    version,
    fixes: flags['fixes'] !== true ? 'none' : flags['unsafe'] === true ? 'all' : 'safe',
    actions: policyActions(flags),
    exempt: flags['exempt-namespace'] === undefined ? ['kube-system'] : flagList(flags, 'exempt-namespace'),
    namespace: flagText(flags, 'parameter-namespace') ?? 'scantling',
    parameters: (id) => (settings?.params?.[id] ?? {}) as JsonObject,
  });
  await write(objects, flagText(flags, 'output'), to, streams);
  tell(objects, leftOut, streams);
  return 0;
}

function target(flags: FlagValues): ExportTarget {
  const written = flagText(flags, 'to') ?? 'native';
  if (written === 'native' || written === 'static') return written;
  throw new UsageError(`--to takes native or static, not "${written}"`);
}

/** What `--action` says that happens to what fails. */
export function policyActions(flags: FlagValues): readonly ValidationAction[] {
  const written = flagList(flags, 'action');
  const found = written.map((name) => {
    const action = Object.hasOwn(actionNames, name) ? actionNames[name] : undefined;
    if (action === undefined) {
      const names = Object.keys(actionNames);
      throw new UsageError(`--action takes ${names.join(', ')}, not "${name}"${suggestion(name, names)}`);
    }
    return action;
  });
  if (found.includes('Deny') && found.includes('Warn')) {
    throw new UsageError('--action takes deny or warn, not both: the API server refuses such a binding');
  }
  return found.length === 0 ? ['Deny'] : [...new Set(found)];
}

async function write(
  objects: readonly ExportedObject[],
  output: string | undefined,
  to: ExportTarget,
  streams: Streams,
): Promise<void> {
  if (output === 'yaml' || output === 'json') {
    throw new UsageError(
      `-o names a .yaml file or a folder; policies are always YAML (a folder of this name: ./${output})`,
    );
  }
  const isFile = output !== undefined && /\.ya?ml$/.test(output);
  if (output !== undefined && !isFile && path.extname(output) === '.json') {
    throw new UsageError(`policies are YAML: name a .yaml file or a folder, not ${output}`);
  }
  if (
    to === 'static' &&
    (output === undefined || isFile) &&
    objects.some(({ kind }) => kind === 'mutating')
  ) {
    throw new UsageError(
      'the API server reads policies and fixes from two folders: name one for both with -o',
    );
  }
  if (output === undefined) {
    await streams.out(documents(objects));
    return;
  }
  const absolute = path.resolve(streams.cwd, output);
  if (isFile) {
    writable(output, () => writeFileSync(absolute, documents(objects)));
    return;
  }
  for (const [file, own] of groupBy(objects, (one) => fileOf(one, to))) {
    const whole = path.join(absolute, file);
    writable(path.join(output, file), () => {
      mkdirSync(path.dirname(whole), { recursive: true });
      writeFileSync(whole, documents(own));
    });
  }
}

/** One file a control; on the disk of an API server each plugin reads a folder of its own. */
function fileOf({ control, kind }: ExportedObject, to: ExportTarget): string {
  // The namespace comes first where somebody applies the folder.
  const file = `${control === '' ? '0-namespace' : control}.yaml`;
  return to === 'static' ? path.join(kind, file) : file;
}

function documents(objects: readonly ExportedObject[]): string {
  return objects.map(({ object }) => stringify(object as Value)).join('---\n');
}

function tell(objects: readonly ExportedObject[], leftOut: readonly LeftOut[], { err }: Streams): void {
  for (const { control, reason, what } of leftOut) {
    if (what !== 'unsafe fix') err(`left out  ${control}${what === 'fix' ? ' (fix)' : ''}  ${reason}\n`);
  }
  const unsafe = leftOut.filter(({ what }) => what === 'unsafe fix').length;
  if (unsafe > 0) err(`left out  ${count(unsafe, 'unsafe fix', 'unsafe fixes')}; --unsafe exports them\n`);
  const number = (kind: string): number => objects.filter(({ object }) => object['kind'] === kind).length;
  const parts = [
    count(number('ValidatingAdmissionPolicy'), 'policy', 'policies'),
    count(number('MutatingAdmissionPolicy'), 'fix', 'fixes'),
  ];
  const left = leftOut.length === 0 ? '' : `; ${leftOut.length} left out`;
  err(`exported ${parts.join(' and ')}${left}\n`);
}
