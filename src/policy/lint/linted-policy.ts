import { kubernetesEnvironment, type KubernetesVersion } from '../../cel/kubernetes/environment.ts';
import type { Expr } from '../../cel/syntax/ast.ts';
import { parse } from '../../cel/syntax/parse.ts';
import { Unknown } from '../../cel/value.ts';
import type { JsonObject } from '../../model/object.ts';
import type { MatchResources, ResourceRule } from '../definition.ts';
import { ResourceMatcher } from '../match/match-resources.ts';
import type { CompiledMutatingPolicy, CompiledMutation } from '../mutation/policy.ts';
import type { CompiledBinding, CompiledExpression, CompiledPolicy } from '../policy.ts';
import type { Operation } from '../request.ts';
import { type KnownResource, type KnownResources, operationsOf } from './known-resources.ts';
import { anyObject, Probe, type Probed, requestOf } from './scenario.ts';
import { findWitnesses, type Witness } from './witnesses.ts';

/** A policy of either kind. */
export type AnyPolicy = CompiledPolicy | CompiledMutatingPolicy;

/** What a policy or binding is linted among: the policies and bindings are all validating or all mutating. */
export interface Surroundings {
  readonly version: KubernetesVersion;
  readonly resources: KnownResources;
  readonly policies: readonly AnyPolicy[];
  readonly bindings: readonly CompiledBinding[];
  /** The other objects of the input, among them parameters. */
  readonly objects: readonly JsonObject[];
  /** Whether everything is meant to be loaded from the API server's disk, whatever its name. */
  readonly staticManifests: boolean;
  /** Words such as `; did you mean "pods"?` for a name that is not among the candidates. */
  readonly suggest: (written: string, candidates: Iterable<string>) => string;
}

/** An operation on a resource that a policy sees. */
export interface Reach {
  readonly operation: Operation;
  readonly resource: KnownResource;
  /** Only such as have the object itself: `status`, `ephemeralcontainers`, ... */
  readonly subresource: string;
}

/** Stands for all resources where a rule names none. */
const examples = new Set(['Pod', 'Deployment', 'ConfigMap', 'Namespace', 'ClusterRole']);

/** Subresources whose requests hold the whole object. */
const wholeObject = ['status', 'ephemeralcontainers', 'resize', 'finalize', 'approval'];

/** A policy with what its traps ask for, each worked out once. */
export class LintedPolicy {
  readonly policy: AnyPolicy;
  /** Those of its own name; none means that it is judged as bound to everything. */
  readonly bindings: readonly CompiledBinding[];
  readonly surroundings: Surroundings;
  private knownWitnesses: readonly Witness[] | undefined;
  private knownReaches: readonly Reach[] | undefined;
  private readonly openProbes = new Map<Reach, Probe>();
  private readonly trees = new Map<string, Expr | undefined>();

  constructor(policy: AnyPolicy, surroundings: Surroundings) {
    this.policy = policy;
    this.surroundings = surroundings;
    this.bindings = surroundings.bindings.filter(({ definition }) => definition.policyName === policy.name);
  }

  /** Every operation on every resource that the policy is about; of a rule for everything a few examples. */
  get reaches(): readonly Reach[] {
    return (this.knownReaches ??= this.findReaches());
  }

  /** Valid objects that lead the expressions through different ways. */
  get witnesses(): readonly Witness[] {
    return (this.knownWitnesses ??= findWitnesses(this));
  }

  /** The syntax tree of an expression; undefined where it does not parse. */
  tree({ text }: CompiledExpression): Expr | undefined {
    if (!this.trees.has(text)) {
      const environment = kubernetesEnvironment(this.surroundings.version, { mode: 'stored' });
      const parsed = parse(text, environment.parseOptions);
      this.trees.set(text, 'expr' in parsed ? parsed.expr : undefined);
    }
    return this.trees.get(text);
  }

  /** The mutations of a mutating policy; none of a validating one. */
  get mutations(): readonly CompiledMutation[] {
    return 'mutations' in this.policy ? this.policy.mutations : [];
  }

  /** What every request that the policy matches is put to: validations or mutations. */
  get rules(): readonly CompiledExpression[] {
    return [...this.policy.validations, ...this.mutations];
  }

  /** Match conditions, variables, validations with their messages, audit annotations, mutations. */
  get expressions(): readonly CompiledExpression[] {
    const { matchConditions, variables, validations, auditAnnotations } = this.policy;
    return [
      ...matchConditions,
      ...variables.values(),
      ...validations.flatMap((one) =>
        one.messageExpression === undefined ? [one] : [one, one.messageExpression],
      ),
      ...auditAnnotations,
      ...this.mutations,
    ];
  }

  /** Probes a request whose objects can be anything of their kind, null where the operation has none. */
  probe(reach: Reach): Probe {
    const { operation, resource } = reach;
    let probe = this.openProbes.get(reach);
    if (probe === undefined) {
      probe = this.probeWith(reach, {
        object: operation === 'DELETE' ? null : anyObject(resource, 'object'),
        oldObject: operation === 'CREATE' ? null : anyObject(resource, 'oldObject'),
      });
      this.openProbes.set(reach, probe);
    }
    return probe;
  }

  /** Probes a request with given objects. */
  probeWith(reach: Reach, objects: { readonly object: Probed; readonly oldObject: Probed }): Probe {
    return new Probe(this.policy, { ...reach, ...objects, params: this.params });
  }

  /** Any parameter; null where no binding passes one. */
  private get params(): Probed {
    const isPassed =
      this.bindings.length === 0 || this.bindings.some(({ definition }) => definition.paramRef);
    return isPassed ? new Unknown(['params']) : null;
  }

  private findReaches(): readonly Reach[] {
    const match = this.policy.definition.matchConstraints;
    if (match === undefined) return [];
    const matcher = new ResourceMatcher({ ...match, ...withoutSelectors });
    const reaches = match.resourceRules.flatMap((rule) => this.reachesOf(rule));
    const distinct = new Map(reaches.map((reach) => [keyOf(reach), reach]));
    return [...distinct.values()].filter((reach) => {
      const request = requestOf({ ...reach, object: null, oldObject: null, params: null });
      return matcher.match(request, () => undefined).matches !== 'no';
    });
  }

  private reachesOf(rule: ResourceRule): readonly Reach[] {
    const isWide = rule.apiGroups.includes('*') || rule.resources.some((entry) => entry.startsWith('*'));
    return this.surroundings.resources
      .of(rule)
      .filter(
        ({ kind, group }) => !isWide || examples.has(kind) || !this.surroundings.resources.isComplete(group),
      )
      .flatMap((resource) =>
        ['', ...wholeObject].flatMap((subresource) =>
          (operationsOf(resource.plural, subresource) ?? [])
            .filter(() => subresource === '' || isNamed(rule, resource.plural, subresource))
            .filter(() => subresource !== '' || isNamed(rule, resource.plural, ''))
            .filter((operation) => rule.operations.includes('*') || rule.operations.includes(operation))
            .map((operation) => ({ operation, resource, subresource })),
        ),
      );
  }
}

const withoutSelectors: Pick<MatchResources, 'namespaceSelector' | 'objectSelector'> = {
  namespaceSelector: { matchLabels: {}, matchExpressions: [] },
  objectSelector: { matchLabels: {}, matchExpressions: [] },
};

const keyOf = ({ operation, resource, subresource }: Reach): string =>
  `${operation} ${resource.group}/${resource.version}/${resource.plural}/${subresource}`;

function isNamed({ resources }: ResourceRule, plural: string, subresource: string): boolean {
  return resources.some((entry) => {
    const [first, second = ''] = entry.split('/');
    return (first === '*' || first === plural) && (second === '*' || second === subresource);
  });
}

/** `a CREATE of pods`, for messages. */
export function describeReach({ operation, resource, subresource }: Reach): string {
  const article = operation === 'UPDATE' ? 'an' : 'a';
  return `${article} ${operation} of ${resource.plural}${subresource === '' ? '' : `/${subresource}`}`;
}
