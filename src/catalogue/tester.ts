import { servedKinds } from '../kube/go-type.ts';
import { parseApiVersion } from '../kube/group-version.ts';
import { isKubeconfig, kindRegistry } from '../kube/kinds.ts';
import { serverView } from '../kube/view/server-view.ts';
import type { Json, JsonObject } from '../model/object.ts';
import { formatPath } from '../model/path.ts';
import {
  type AdmissionRequest,
  type BoundPolicy,
  judge,
  type JudgeContext,
  type Judgement,
  PolicyCompiler,
} from '../policy/index.ts';
import { wrongTogether } from './case-together.ts';
import { bindControl, bindFix, type BoundControl } from './bind.ts';
import { type CaseObject, type ControlCase, expandCase, readCases } from './case.ts';
import { type Complaint, isMapping } from './complaint.ts';
import { type Control, policyFor } from './control.ts';
import { wrongWithFix } from './fix-check.ts';
import {
  formatMinorVersion,
  inRange,
  latestMinorVersion,
  type MinorVersion,
  minorVersions,
} from './versions.ts';

/** A case that did not hold, or something else wrong with a control. */
export interface TestFailure {
  readonly control: string;
  /** The case's name; empty for what concerns the control as a whole. */
  readonly name: string;
  /** What was tried: kind, list and version. */
  readonly what: string;
  readonly reason: string;
}

/** What testing a control came to. */
export interface TestOutcome {
  /** How many objects were judged. */
  readonly runs: number;
  readonly failures: readonly TestFailure[];
  /** The names of the cases that were read, in order. */
  readonly cases: readonly string[];
}

/** Told of every request that is judged, once for each policy file and not for each version. */
export type ObserveRequest = (
  bound: BoundPolicy,
  request: AdmissionRequest,
  context: JudgeContext,
  file: string,
) => void;

/**
 * Tests a control by its `tests.yaml` (its value) in each of `versions`: every case on every kind and list it stands
 * for. The compilers are made once for all controls, so that they share what the policies have in common.
 */
export class ControlTester {
  readonly #versions: readonly MinorVersion[];
  readonly #compilers = new Map<MinorVersion, PolicyCompiler>();

  /** Mutations are newer than most versions that controls are about; a file is mended by them all the same. */
  readonly #fixes = new PolicyCompiler({ version: formatMinorVersion(latestMinorVersion) });
  readonly #observe: ObserveRequest | undefined;

  constructor(versions: readonly MinorVersion[] = minorVersions, observe?: ObserveRequest) {
    this.#versions = versions;
    this.#observe = observe;
    for (const version of versions) {
      this.#compilers.set(version, new PolicyCompiler({ version: formatMinorVersion(version) }));
    }
  }

  test(control: Control, tests: Json | undefined): TestOutcome {
    const { cases, complaints } = readCases(tests);
    const failures = complaints.map((one) => complained(control, one));
    const tried = new Set<ControlCase>();
    let runs = 0;
    for (const one of cases) {
      const made = control.derivation === undefined ? expandCase(one) : [];
      const requests = made.map((made) => ({ made, request: requestOf(made) }));
      const explained = new Set<string | undefined>();
      const observed = new Set<string | undefined>();
      for (const version of this.#versions) {
        if (!inRange(version, one.kubernetes) || !inRange(version, control.kubernetes)) continue;
        tried.add(one);
        const bound = this.#bind(control, version, one, failures);
        if (bound === undefined) continue;
        // Where a policy fails is the same in all versions it serves, and finding out costs more than judging.
        const file = policyFor(control, version)?.file;
        const findElements = one.expect === 'fail' && !explained.has(file);
        explained.add(file);
        const isNew = !observed.has(file);
        observed.add(file);
        const together = control.derivation !== undefined || one.objects !== undefined;
        if (together) {
          runs++;
          const reason = wrongTogether(control, one, bound, findElements);
          if (reason !== undefined)
            failures.push({ control: control.id, name: one.name, what: `1.${version}`, reason });
        }
        for (const { made, request } of requests) {
          runs++;
          if (isNew && typeof request !== 'string') {
            this.#observe?.(bound.bound, request, contextOf(bound), file ?? '');
          }
          const reason =
            wrongWith(one, made, request, bound, findElements) ??
            (isNew ? this.#wrongWithFix(control, one, made, request, bound) : undefined);
          if (reason === undefined) continue;
          const what = `${made.kind}${made.list === undefined ? '' : `, ${made.list}`}, 1.${version}`;
          failures.push({ control: control.id, name: one.name, what, reason });
        }
      }
    }
    for (const one of cases.filter(
      (each) => !tried.has(each) && this.#versions.length === minorVersions.length,
    )) {
      failures.push({ control: control.id, name: one.name, what: '', reason: 'holds in no version' });
    }
    return { runs, failures, cases: cases.map(({ name }) => name) };
  }

  /** What is wrong with what the control's fix makes of the object. */
  #wrongWithFix(
    control: Control,
    one: ControlCase,
    { object }: CaseObject,
    request: AdmissionRequest | string,
    bound: BoundControl,
  ): string | undefined {
    const fix = bindFix(control, this.#fixes, bound.parameters);
    if (fix === undefined || typeof request === 'string') return undefined;
    const [problem] = fix.problems;
    if (problem !== undefined) return `fix.yaml: ${problem.reason}`;
    const fails = one.expect === 'fail';
    const wrong = wrongWithFix(fix.bound, bound, object as never, request, fails, contextOf(bound));
    if (one.notFixed === undefined) return wrong;
    return wrong === undefined ? 'the fix mends it, but the case says "not-fixed"' : undefined;
  }

  #bind(
    control: Control,
    version: MinorVersion,
    one: ControlCase,
    failures: TestFailure[],
  ): BoundControl | undefined {
    const compiler = this.#compilers.get(version);
    const bound = compiler && bindControl(control, version, compiler, one.parameters);
    const problems = bound === undefined ? ['is no policy'] : bound.problems.map(({ reason }) => reason);
    for (const reason of problems) {
      const failure = { control: control.id, name: '', what: `1.${version}`, reason };
      if (!failures.some((each) => each.what === failure.what && each.reason === reason))
        failures.push(failure);
    }
    return bound;
  }
}

/** Configuration files of components are no built-in kinds, and judged all the same. */
const kinds = kindRegistry();

/** The groups that Kubernetes serves itself: there a kind that it does not have is a slip. */
function ownGroups(): ReadonlySet<string> {
  return (served ??= new Set(
    [...servedKinds().values()].map(({ apiVersion }) => parseApiVersion(apiVersion)?.group ?? ''),
  ));
}
let served: ReadonlySet<string> | undefined;

/** The CREATE request of an object, in the server view; a text where the object cannot be read. */
function requestOf({ object }: CaseObject): AdmissionRequest | string {
  const view = serverView(object as never);
  const apiVersion = String(object['apiVersion']);
  const kind = kinds.resolve(apiVersion, String(object['kind']));
  if (kind.source === 'guessed' && ownGroups().has(kind.group) && !isKubeconfig(apiVersion, kind.kind)) {
    return `${apiVersion} has no kind ${String(object['kind'])}`;
  }
  if (view.object === null) return `the object cannot be read: ${view.problems[0]?.message ?? ''}`;
  if (view.unknownFields.length > 0) {
    return `the object has no field ${view.unknownFields.map((path) => formatPath(path)).join(', ')}`;
  }
  const { group, version } = kind;
  return {
    operation: 'CREATE',
    kind: { group, version, kind: kind.kind },
    resource: { group, version, resource: kind.plural },
    subresource: '',
    name: 'tested',
    namespace: namespaceOf(view.object as JsonObject),
    scope: kind.namespaced === false ? 'Cluster' : 'Namespaced',
    object: view.object as JsonObject,
    oldObject: null,
  };
}

/** Where an object is made: the namespace it names, as the API server demands. */
function namespaceOf({ metadata }: JsonObject): string {
  const written = isMapping(metadata) ? metadata['namespace'] : undefined;
  return typeof written === 'string' && written !== '' ? written : 'default';
}

/** Why the verdict is not the expected one; undefined where it is. */
function wrongWith(
  one: ControlCase,
  made: CaseObject,
  request: AdmissionRequest | string,
  bound: BoundControl,
  findElements: boolean,
): string | undefined {
  if (typeof request === 'string') return request;
  const [judgement] = judge([bound.bound], request, { ...contextOf(bound), findElements });
  if (judgement === undefined) return 'the policy says nothing';
  const { verdict, reason } = judgement;
  if (verdict !== one.expect) {
    return `expected ${one.expect}, got ${verdict}${reason === '' ? '' : `: ${reason}`}${messagesOf(judgement)}`;
  }
  if (verdict !== 'fail') return undefined;
  const failing = judgement.validations.filter((validation) => validation.verdict === 'fail');
  if (one.message !== undefined && !failing.some(({ message }) => message === one.message)) {
    return `expected the message ${JSON.stringify(one.message)}, got${messagesOf(judgement)}`;
  }
  if (!findElements) return undefined;
  const paths = new Set(failing.flatMap(({ elements }) => elements.map(({ path }) => formatPath(path))));
  const missing = made.paths.filter((path) => !paths.has(path));
  const extra = [...paths].filter((path) => !made.paths.includes(path));
  if (missing.length > 0 || extra.length > 0) {
    return `expected to fail at ${made.paths.join(', ')}, failed at ${[...paths].join(', ') || 'no path'}`;
  }
  return undefined;
}

function contextOf({ parameters }: BoundControl): JudgeContext {
  const params = { objects: parameters, complete: true, scopeOf: () => 'Namespaced' as const };
  return { findNamespace: () => undefined, params };
}

function messagesOf({ validations }: Judgement): string {
  return validations
    .filter(({ message }) => message !== '')
    .map(({ message }) => ` ${JSON.stringify(message)}`)
    .join(',');
}

function complained(control: Control, { path, reason }: Complaint): TestFailure {
  return { control: control.id, name: '', what: `tests.yaml ${formatPath(path)}`.trim(), reason };
}
