import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type CelInput, celEnv, parse as bufParse, plan as bufPlan } from '@bufbuild/cel';
import { Environment as MarcEnvironment } from '@marcbachmann/cel-js';
import { load } from 'js-yaml';
import { compile, type Program, type Type, Variables } from '../src/cel/index.ts';
import { kubernetesEnvironment } from '../src/cel/kubernetes/environment.ts';
import { type Workload, workloads } from './workloads.ts';

interface Expression {
  readonly name: string;
  readonly expression: string;
}

interface Policy {
  readonly variables: readonly Expression[];
  readonly validations: readonly string[];
}

/** One engine: evaluates all validations of a policy for a workload and counts what is true. */
type Judge = (workload: Workload) => number;

/** Ten expressions in the way of real policies, without optional syntax, so that every engine can run them. */
const spec = 'object.spec.template.spec';
const expressions: Readonly<Record<string, string>> = {
  'escalation: all over containers': `${spec}.containers.all(c, has(c.securityContext) && has(c.securityContext.allowPrivilegeEscalation) && c.securityContext.allowPrivilegeEscalation == false)`,
  'registries: exists in a list': `${spec}.containers.all(c, ['ghcr.io/', 'quay.io/', 'registry.example.com/'].exists(r, c.image.startsWith(r)))`,
  'two container lists joined': `((has(${spec}.initContainers) ? ${spec}.initContainers : []) + ${spec}.containers).all(c, !has(c.securityContext) || !has(c.securityContext.privileged) || c.securityContext.privileged == false)`,
  'image pattern': `${spec}.containers.all(c, c.image.matches('^[a-z.]+(/[a-z]+)+:[0-9.]+$'))`,
  'labels by key': `!has(object.metadata.labels) || object.metadata.labels.all(k, !k.startsWith('internal.') && size(object.metadata.labels[k]) <= 63)`,
  'host paths': `!has(${spec}.volumes) || ${spec}.volumes.all(v, !has(v.hostPath))`,
  'ports, nested': `${spec}.containers.all(c, !has(c.ports) || c.ports.all(p, (!has(p.hostPort) || p.hostPort == 0) && p.containerPort > 1024))`,
  capabilities: `${spec}.containers.all(c, has(c.securityContext) && has(c.securityContext.capabilities) && has(c.securityContext.capabilities.drop) && c.securityContext.capabilities.drop.exists(d, d in ['ALL', 'NET_RAW']))`,
  'filter and size': `${spec}.containers.filter(c, has(c.resources) && has(c.resources.limits)).size() == ${spec}.containers.size()`,
  'an error absorbed': `${spec}.containers.exists(c, c.securityContext.seLinuxOptions.type == 'x') || ${spec}.containers.all(c, c.name != '')`,
};

function ours(policy: Policy): Judge {
  const types: Record<string, Type> = {};
  const programs = new Map<string, Program>();
  const program = (expression: string): Program => {
    const compiled = compile(
      expression,
      kubernetesEnvironment('1.36', { mode: 'stored', hasParams: true, variables: types }),
    );
    if ('issues' in compiled) throw new Error(`${expression}: ${compiled.message}`);
    return compiled.program;
  };
  for (const { name, expression } of policy.variables) {
    const compiled = program(expression);
    types[name] = compiled.type;
    programs.set(name, compiled);
  }
  const validations = policy.validations.map(program);
  return (object) => {
    const inputs = { object: object as never, oldObject: null, params: null };
    const activation = { ...inputs, variables: new Variables(programs, inputs) };
    let held = 0;
    for (const validation of validations) if (validation.evaluate(activation) === true) held++;
    return held;
  };
}

function marc(policy: Policy): Judge {
  const environment = new MarcEnvironment({
    unlistedVariablesAreDyn: true,
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
  });
  const variables = policy.variables.map(({ name, expression }) => ({
    name,
    run: environment.parse(expression),
  }));
  const validations = policy.validations.map((expression) => environment.parse(expression));
  return (object) => {
    const lazy: Record<string, unknown> = {};
    const context = { object, oldObject: null, params: null, variables: lazy };
    for (const { name, run } of variables) {
      Object.defineProperty(lazy, name, {
        configurable: true,
        enumerable: true,
        get: () => {
          const value: unknown = run(context);
          Object.defineProperty(lazy, name, { value });
          return value;
        },
      });
    }
    let held = 0;
    for (const validation of validations) {
      try {
        if (validation(context) === true) held++;
      } catch {
        // an evaluation error holds nothing
      }
    }
    return held;
  };
}

function buf({ validations }: Policy): Judge {
  const environment = celEnv();
  const plans = validations.map((expression) => bufPlan(environment, bufParse(expression)));
  return (object) => {
    let held = 0;
    for (const evaluate of plans) if (evaluate({ object: object as CelInput }) === true) held++;
    return held;
  };
}

const warming = 20;

/** Nanoseconds that this thread has computed; the load of the machine does not count. */
function computed(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) * 1000;
}

/** Median nanoseconds of a call over five runs of at least 80 ms, after warming up; the engines take turns. */
function medians(judges: readonly Judge[], objects: readonly Workload[]): { ns: number; held: number }[] {
  const pass = (judge: Judge): number => objects.reduce((sum, object) => sum + judge(object), 0);
  for (let run = 0; run < warming; run++) judges.forEach(pass);
  const repetitions = judges.map((judge) => {
    const start = performance.now();
    pass(judge);
    return Math.ceil(80 / (performance.now() - start));
  });
  const samples: number[][] = judges.map(() => []);
  const held = judges.map(pass);
  for (let run = 0; run < 5; run++) {
    judges.forEach((judge, i) => {
      const start = computed();
      for (let repetition = 0; repetition < repetitions[i]!; repetition++) pass(judge);
      samples[i]!.push((computed() - start) / objects.length / repetitions[i]!);
    });
  }
  return samples.map((times, i) => ({ ns: times.toSorted((a, b) => a - b)[2]!, held: held[i]! }));
}

const single = (expression: string): Policy => ({ variables: [], validations: [expression] });
const all = workloads(2000);
const deployments = all.filter(({ kind }) => kind !== 'Pod' && kind !== 'CronJob');

console.log(
  `\nCEL, Node ${process.version}: nanoseconds of thread time per evaluation, medians of five after ${warming} warming runs, interleaved\n`,
);
console.log('| expression | closures | @marcbachmann/cel-js | @bufbuild/cel | times the faster one |');
console.log('|---|---|---|---|---|');
const ratios: number[] = [];
for (const [name, expression] of Object.entries(expressions)) {
  const [a, b, c] = medians(
    [ours(single(expression)), marc(single(expression)), buf(single(expression))],
    deployments,
  );
  if (a!.held !== b!.held) throw new Error(`${name}: ${a!.held} hold, ${b!.held} for @marcbachmann/cel-js`);
  const ratio = Math.min(b!.ns, c!.ns) / a!.ns;
  ratios.push(ratio);
  console.log(
    `| ${name} | ${a!.ns.toFixed(0)} | ${b!.ns.toFixed(0)} | ${c!.ns.toFixed(0)} | ${ratio.toFixed(1)} |`,
  );
}
console.log(
  `| geometric mean | | | | ${Math.exp(ratios.reduce((sum, r) => sum + Math.log(r), 0) / ratios.length).toFixed(1)} |`,
);

interface Manifest {
  readonly kind: string;
  readonly spec: {
    readonly variables?: readonly Expression[];
    readonly validations: readonly { expression: string }[];
  };
}

const root = path.join(import.meta.dirname, '../controls');
const policies: Policy[] = [];
let excluded = 0;
for (const folder of readdirSync(root, { withFileTypes: true })) {
  if (!folder.isDirectory() || folder.name.startsWith('_')) continue;
  const manifest = load(readFileSync(path.join(root, folder.name, 'policy.yaml'), 'utf8')) as Manifest;
  const variables = manifest.spec.variables ?? [];
  for (const { expression } of manifest.spec.validations) {
    const policy = { variables, validations: [expression] };
    try {
      const [object] = all;
      marc(policy)(object!);
      policies.push(policy);
    } catch {
      excluded++; // what the other engine cannot read at all
    }
  }
}
const mine = policies.map(ours);
const theirs = policies.map(marc);
const whole =
  (judges: readonly Judge[]): Judge =>
  (object) =>
    judges.reduce((sum, judge) => sum + judge(object), 0);
const [a, b] = medians([whole(mine), whole(theirs)], all);
const evaluations = policies.length;
console.log(
  `\n${policies.length} validations of the catalogue over ${all.length} workloads (${excluded} more that @marcbachmann/cel-js cannot read)\n`,
);
console.log('| engine | ns per validation, its variables included | holding | ratio |');
console.log('|---|---|---|---|');
console.log(`| closures | ${(a!.ns / evaluations).toFixed(0)} | ${a!.held} | |`);
console.log(
  `| @marcbachmann/cel-js | ${(b!.ns / evaluations).toFixed(0)} | ${b!.held} | ${(b!.ns / a!.ns).toFixed(1)} |`,
);
