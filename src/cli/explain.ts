import path from 'node:path';
import { type Catalogue, openCatalogue } from '../catalogue/catalogue.ts';
import type { Control } from '../catalogue/control.ts';
import { calledHere, controlsCalled } from '../catalogue/cross-walk.ts';
import { controlPage } from '../catalogue/page.ts';
import { formatMinorVersion } from '../catalogue/versions.ts';
import { collectManifests } from '../collect/manifests.ts';
import { statOf } from '../collect/stat-of.ts';
import { suggestion } from '../config/did-you-mean.ts';
import type { Given } from '../derive/inventory.ts';
import { explainControl, explainPolicy } from '../loop/explain.ts';
import { readUserPolicies } from '../loop/user-policies.ts';
import type { JsonObject } from '../model/object.ts';
import { type BoundPolicy, PolicyCompiler } from '../policy/index.ts';
import { explanation, type ExplanationText } from '../report/explanation.ts';
import { painter } from '../report/paint.ts';
import { type Arguments, type Command, flagList, flagText, flagValues, UsageError } from './command.ts';
import { explanationTexts } from './explanation-texts.ts';
import { knownVersions, kubernetesVersion } from './kubernetes-version.ts';
import { problemLine } from './problem-line.ts';
import { policyReader } from './scan-flags.ts';
import { sharedInput, type Streams, wantsColor } from './stream.ts';

/** `scantling explain`: its flags and its help. */
export const explainCommand: Command = {
  name: 'explain',
  summary: 'Print the page of a control, or why an object passes or fails it.',
  usage: 'explain CONTROL [flags]',
  examples: [
    'scantling explain privileged-container',
    'scantling explain privileged-container -f web.yaml',
    'scantling explain forbidden-registries -f web.yaml --param allowed=registry.example.com',
    'scantling explain team-labels --policy policies/ -f web.yaml',
  ],
  flags: {
    filename: {
      type: 'string',
      short: 'f',
      multiple: true,
      value: 'FILE',
      help: 'explain the verdict on the objects of this file',
    },
    policy: {
      type: 'string',
      multiple: true,
      value: 'PATH',
      help: 'policies of your own, of which the control may be one',
    },
    param: {
      type: 'string',
      multiple: true,
      value: 'NAME=VALUE',
      help: 'a parameter of the control; repeat it for a list',
    },
    'kubernetes-version': {
      type: 'string',
      value: '1.NN',
      help: `the version whose rules apply, ${knownVersions} (default the latest)`,
    },
    complete: {
      type: 'boolean',
      help: 'the files are the whole cluster: what is absent from them does not exist',
    },
    all: { type: 'boolean', help: 'the objects that the control is not about, too' },
  },
};

/** `scantling explain`. With `-f` the exit code says what a scan would: 1 for a failure, 3 for what could not be judged. */
export async function runExplain(args: Arguments, outside: Streams): Promise<number> {
  const streams = { ...outside, stdin: sharedInput(outside) };
  const { flags, positionals } = args;
  const [id, ...rest] = positionals;
  if (id === undefined) throw new UsageError('name the control to explain; scantling controls lists them');
  if (rest.length > 0) throw new UsageError(`one control at a time, "${rest[0]}" is a second`);
  const catalogue = await openCatalogue();
  const files = flags['filename'];
  const own = ownPolicy(id, catalogue, args, streams);
  if (own !== undefined) {
    if (!Array.isArray(files)) throw new UsageError(`"${id}" is a policy of your own: name objects with -f`);
    return explainFiles(own, files as readonly string[], args, streams);
  }
  const control = findControl(catalogue, id, streams);
  if (!Array.isArray(files)) {
    await streams.out(controlPage(control, catalogue));
    return 0;
  }
  return explainFiles(control, files as readonly string[], args, streams);
}

/** The policy of that name among those of `--policy`; undefined where the catalogue has the name, or nothing has it. */
function ownPolicy(
  id: string,
  catalogue: Catalogue,
  { flags }: Arguments,
  streams: Streams,
): Own | undefined {
  const paths = flagValues(flags, 'policy');
  if (paths.length === 0 || catalogue.controls.has(id)) return undefined;
  const version = formatMinorVersion(kubernetesVersion(flagText(flags, 'kubernetes-version')));
  const compiler = new PolicyCompiler({ version });
  const { objects, problems, rules } = readUserPolicies(
    paths,
    streams.cwd,
    compiler,
    catalogue.controls,
    policyReader(streams.cwd, streams.stdin)(paths),
  );
  const bound = rules.filter((rule) => rule.id === id).map((rule) => rule.bound);
  for (const problem of problems) streams.err(problemLine(problem));
  if (bound.length > 0) return { id, bound, objects };
  if (controlsCalled(id, catalogue.controls.values()).length > 0) return undefined;
  const names = [...rules.map((rule) => rule.id), ...catalogue.controls.keys()];
  throw new UsageError(`there is no control or policy "${id}"${suggestion(id, names)}`);
}

/** A policy of the user's own, bound as its bindings say, and the objects beside it. */
interface Own {
  readonly id: string;
  readonly bound: readonly BoundPolicy[];
  readonly objects: readonly JsonObject[];
}

function findControl(catalogue: Catalogue, id: string, { err }: Streams): Control {
  const control = catalogue.controls.get(id);
  if (control !== undefined) return control;
  const found = controlsCalled(id, catalogue.controls.values());
  const sentence = calledHere(id, found);
  const ids = new Set(found.map((one) => one.control));
  if (ids.size === 1) {
    err(`${sentence}\n`);
    return catalogue.controls.get(found[0]!.control)!;
  }
  const hint = ids.size > 1 ? `; ${sentence}` : suggestion(id, catalogue.controls.keys());
  throw new UsageError(`there is no control "${id}"${hint}`);
}

async function explainFiles(
  control: Control | Own,
  files: readonly string[],
  { flags }: Arguments,
  streams: Streams,
): Promise<number> {
  const version = kubernetesVersion(flagText(flags, 'kubernetes-version'));
  const { manifests, problems } = collectManifests(files, {
    cwd: streams.cwd,
    exclude: [],
    stdin: streams.stdin,
  });
  for (const problem of problems) streams.err(problemLine(problem));
  const explained =
    'bound' in control
      ? explainPolicy(control.bound, manifests, control.objects)
      : explainControl(
          control,
          manifests,
          version,
          parameters(control, flagList(flags, 'param')),
          given(files, flags['complete'] === true, problems.length > 0, streams.cwd),
        );
  const conceals = 'conceals' in control && control.conceals === true;
  if (explained === undefined) {
    await streams.out(`${control.id} is no rule in Kubernetes 1.${version}\n`);
    return 0;
  }
  const texts = new Map(manifests.map(({ origin, source }) => [origin.file, source.lines.text]));
  const options = {
    width: Math.max(60, streams.columns),
    paint: painter(wantsColor(streams)),
    source: (file: string) => texts.get(file),
  };
  let left = 0;
  let shown = 0;
  // Where the rule looked at a kind and passed over the object, the reason is what was asked for.
  let passedOver: ExplanationText | undefined;
  let exit = problems.some(({ severity }) => severity === 'error') ? 3 : 0;
  for (const one of explained) {
    for (const text of explanationTexts(one, conceals)) {
      if (text.verdict === 'not-applicable' && flags['all'] !== true) {
        left++;
        if (text.conditions.length > 0) passedOver ??= text;
      } else {
        shown++;
        for (const piece of explanation(text, options)) await streams.out(piece);
      }
      if (text.verdict === 'error') exit = 3;
      if (text.verdict === 'fail' && exit === 0) exit = 1;
    }
  }
  if (shown === 0 && passedOver !== undefined) {
    left--;
    shown++;
    for (const piece of explanation(passedOver, options)) await streams.out(piece);
  }
  if (left > 0) {
    const objects = `${left}${shown > 0 ? ' other' : ''} ${left === 1 ? 'object is' : 'objects are'}`;
    await streams.out(`${objects} not what ${control.id} is about; --all shows why\n`);
  }
  if (manifests.length === 0) await streams.out('there are no objects in the input\n');
  return exit;
}

/** How much of a cluster the files are, as a scan of them would have it. */
function given(files: readonly string[], isComplete: boolean, isUnread: boolean, cwd: string): Given {
  if (isComplete) return 'cluster';
  const areFolders = files.every((file) => statOf(path.resolve(cwd, file))?.isDirectory() === true);
  return areFolders && !isUnread ? 'folder' : 'files';
}

function parameters(control: Control, written: readonly string[]): JsonObject {
  const values: Record<string, string | string[]> = {};
  for (const one of written) {
    const equals = one.indexOf('=');
    const name = one.slice(0, Math.max(0, equals));
    const parameter = control.parameters[name];
    if (parameter === undefined) {
      const names = Object.keys(control.parameters);
      throw new UsageError(
        `${control.id} has no parameter "${name}"${suggestion(name, names)} (${names.join(', ') || 'it has none'})`,
      );
    }
    const value = one.slice(equals + 1);
    if (parameter.type === 'text') values[name] = value;
    else values[name] = [...((values[name] as string[] | undefined) ?? []), value];
  }
  return values;
}
