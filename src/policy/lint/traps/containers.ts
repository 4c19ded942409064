import { operands } from '../../../cel/check/walk.ts';
import type { Expr, Macro } from '../../../cel/syntax/ast.ts';
import type { Path } from '../../../model/object.ts';
import type { LintedPolicy } from '../linted-policy.ts';
import type { Sighting, Span, Trap } from '../trap.ts';

/** The three lists of containers that a pod has. */
const lists = ['containers', 'initContainers', 'ephemeralContainers'] as const;
type ContainerList = (typeof lists)[number];

/** Fields that init containers do not have, or whose absence there is right. */
const notOfInit = new Set(['lifecycle', 'livenessProbe', 'name', 'readinessProbe', 'startupProbe']);
/** Ephemeral containers may have no ports, probes, resources or lifecycle. */
const notOfEphemeral = new Set([...notOfInit, 'ports', 'resources', 'resizePolicy', 'restartPolicy']);

/** A rule about containers that looks at one of their lists only. */
export const forgottenContainers: Trap = {
  id: 'forgotten-containers',
  title: 'a rule for containers that forgets one of their lists',
  severity: 'high',
  why: 'Init containers run with the same rights as the others, and ephemeral containers join a running pod: whoever wants to do what the rule forbids does it in the list that is not looked at.',
  fix: 'Judge `spec.containers + spec.?initContainers.orValue([]) + spec.?ephemeralContainers.orValue([])`, and match `pods/ephemeralcontainers` on UPDATE as well.',
  inPolicy: forgotten,
};

/** Stands for a container that is taken by its index. */
const firstOnly = '[0]';

/** Where a field of a container is read, and from which lists the container may come. */
interface Read {
  /** Up to two steps: `securityContext.privileged`; `*` for the container as a whole. */
  readonly field: string;
  readonly from: ReadonlySet<ContainerList>;
  readonly path: Path;
  readonly span: Span;
}

function* forgotten(linted: LintedPolicy): Generator<Sighting> {
  const kinds = linted.reaches
    .filter(({ subresource }) => subresource === '')
    .map(({ resource }) => resource);
  const holdsPods = kinds.some(
    ({ kind, group }) => podKinds.has(kind) && ['', 'apps', 'batch'].includes(group),
  );
  if (!holdsPods || linted.mutations.length > 0) return;
  const reads = new Reads(linted).all();
  yield* missing(reads, 'initContainers', notOfInit);
  // Only a Pod has ephemeral containers; templates may not.
  if (kinds.some(({ kind, group }) => kind === 'Pod' && group === '')) {
    const isForgotten = [...missing(reads, 'ephemeralContainers', notOfEphemeral)];
    yield* isForgotten;
    if (isForgotten.length === 0 && reads.length > 0) yield* withoutSubresource(linted, reads);
  }
}

const podKinds = new Set([
  'CronJob',
  'DaemonSet',
  'Deployment',
  'Job',
  'Pod',
  'PodTemplate',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
]);

/** The first read of each field that is done for `containers` and nowhere for the other list. */
function* missing(
  reads: readonly Read[],
  list: ContainerList,
  exempt: ReadonlySet<string>,
): Generator<Sighting> {
  const covered = new Set(reads.filter(({ from }) => from.has(list)).map(({ field }) => field));
  // What is done with a whole container may be any field of it.
  if (covered.has('*')) return;
  const open = reads.find(
    ({ field, from }) =>
      from.has('containers') && !covered.has(field) && !exempt.has(field.split('.')[0]!) && field !== '*',
  );
  if (open === undefined) return;
  const { field, path, span } = open;
  yield {
    path,
    span,
    message:
      field === firstOnly
        ? `one container is judged by its index, and those of ${list} nowhere in this policy`
        : `${field} is judged for containers, and for ${list} nowhere in this policy`,
    severity: list === 'initContainers' ? 'high' : 'medium',
  };
}

/** Ephemeral containers are judged, but come with requests that the rules do not match. */
function* withoutSubresource(linted: LintedPolicy, reads: readonly Read[]): Generator<Sighting> {
  if (!reads.some(({ from }) => from.has('ephemeralContainers'))) return;
  if (linted.reaches.some(({ subresource }) => subresource === 'ephemeralcontainers')) return;
  const rules = linted.policy.definition.matchConstraints?.resourceRules ?? [];
  const index = rules.findIndex(({ resources }) => resources.includes('pods'));
  if (index < 0) return;
  yield {
    path: ['spec', 'matchConstraints', 'resourceRules', index, 'resources'],
    message:
      'ephemeral containers are added by an UPDATE of pods/ephemeralcontainers, which no rule of this policy matches',
    severity: 'medium',
  };
}

/** What the expressions of a policy read of containers. */
class Reads {
  private readonly linted: LintedPolicy;
  private readonly found: Read[] = [];
  private readonly inProgress = new Set<string>();

  constructor(linted: LintedPolicy) {
    this.linted = linted;
  }

  all(): readonly Read[] {
    for (const expression of this.linted.expressions) {
      const last = expression.path.at(-1);
      if (expression.path[1] === 'matchConditions' || last === 'messageExpression') continue;
      const tree = this.linted.tree(expression);
      if (tree !== undefined) this.visit(tree, expression.path);
    }
    return this.found;
  }

  private visit(node: Expr, path: Path): void {
    if (node.kind === 'macro') this.loop(node, path);
    if (node.kind === 'call' && node.function === '_[_]') this.indexed(node.args[0]!, node, path);
    for (const operand of operands(node)) this.visit(operand, path);
  }

  /** `containers[0]` is one container of many, and no loop. */
  private indexed(list: Expr, node: Expr, path: Path): void {
    if (list.kind !== 'select' || list.field !== 'containers' || isVariable(list)) return;
    this.found.push({ field: firstOnly, from: new Set(['containers']), path, span: node });
  }

  private loop({ range, variables, filter, body }: Macro, path: Path): void {
    const from = this.listsOf(range);
    if (from.size === 0) return;
    const element = variables.at(-1)!;
    for (const part of filter === undefined ? [body] : [filter, body]) {
      for (const { field, span } of fieldsOf(part, element)) this.found.push({ field, from, path, span });
    }
  }

  /** The lists that a range may be made of, through variables. */
  private listsOf(range: Expr): Set<ContainerList> {
    const found = new Set<ContainerList>();
    const visit = (node: Expr): void => {
      if (isVariable(node)) {
        const variable = this.linted.policy.variables.get(node.field);
        const tree = variable && !this.inProgress.has(node.field) && this.linted.tree(variable);
        if (!tree) return;
        this.inProgress.add(node.field);
        for (const list of this.listsOf(tree)) found.add(list);
        this.inProgress.delete(node.field);
        return;
      }
      const name = nameIn(node);
      if (isList(name)) found.add(name);
      operands(node).forEach(visit);
    };
    visit(range);
    return found;
  }
}

const isList = (name: string): name is ContainerList => (lists as readonly string[]).includes(name);

/** The field that is selected, or the text: `spec['containers']` is as good as `spec.containers`. */
function nameIn(node: Expr): string {
  if (node.kind === 'select') return node.field;
  return node.kind === 'literal' && typeof node.value === 'string' ? node.value : '';
}

const isVariable = (node: Expr): node is Extract<Expr, { kind: 'select' }> =>
  node.kind === 'select' && node.operand.kind === 'identifier' && node.operand.name === 'variables';

/** What is read of the variable of a loop: fields up to two steps deep. */
function* fieldsOf(node: Expr, element: string): Generator<{ field: string; span: Span }> {
  if (node.kind === 'select') {
    const steps = stepsFrom(node, element);
    if (steps !== undefined) {
      yield { field: steps.slice(0, 2).join('.'), span: { start: node.start, end: node.end } };
      return;
    }
  }
  if (node.kind === 'identifier' && node.name === element) {
    yield { field: '*', span: { start: node.start, end: node.end } };
    return;
  }
  if (node.kind === 'macro' && node.variables.includes(element)) {
    yield* fieldsOf(node.range, element);
    return;
  }
  for (const operand of operands(node)) yield* fieldsOf(operand, element);
}

/** The names of `element.a.b` or `element.?a.b`; undefined where the chain starts elsewhere. */
function stepsFrom(node: Expr, element: string): string[] | undefined {
  if (node.kind === 'identifier') return node.name === element ? [] : undefined;
  if (node.kind !== 'select') return undefined;
  return stepsFrom(node.operand, element)?.concat(node.field);
}
