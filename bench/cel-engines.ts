import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type CelInput, celEnv, parse as bufParse, plan as bufPlan } from '@bufbuild/cel';
import { Environment as MarcEnvironment } from '@marcbachmann/cel-js';
import { load } from 'js-yaml';
import { type BackEnd, compile, type Program, type Result, type Type, Variables } from '../src/cel/index.ts';
import { kubernetesEnvironment } from '../src/cel/kubernetes/environment.ts';
import { workloads } from './workloads.ts';

interface Expression {
  readonly name: string;
  readonly expression: string;
}

/** A policy as far as the engines go. */
export interface Policy {
  readonly variables: readonly Expression[];
  readonly validations: readonly string[];
}

/** One engine: evaluates all validations of a policy for an object and counts what is true. */
export type Judge<T> = (object: T) => number;

/** A policy of one validation. */
export const single = (expression: string): Policy => ({ variables: [], validations: [expression] });

/** Ours, with one of its back ends. */
export function ours(policy: Policy, backEnd: BackEnd, params: unknown = null): Judge<unknown> {
  const types: Record<string, Type> = {};
  const programs = new Map<string, Program>();
  const program = (expression: string): Program => {
    const environment = kubernetesEnvironment('1.36', { mode: 'stored', hasParams: true, variables: types });
    const compiled = compile(expression, environment, { backEnd });
    if ('issues' in compiled) throw new Error(`${expression}: ${compiled.message}`);
    return compiled.program;
  };
  for (const { name, expression } of policy.variables) {
    const compiled = program(expression);
    types[name] = compiled.type;
    programs.set(name, compiled);
  }
  const validations = policy.validations.map(program);
  const named = programs.size > 0;
  const fixed = { object: null as unknown, oldObject: null, params };
  return (object) => {
    fixed.object = object;
    const activation = (named ? { object, oldObject: null, params, variables: undefined } : fixed) as never;
    // They put themselves into the activation.
    if (named) void new Variables(programs, activation);
    let held = 0;
    for (const validation of validations) if (validation.evaluate(activation) === true) held++;
    return held;
  };
}

/**
 * Ours as a scan runs it: the variables that several policies have in common are computed once for each object. The
 * judgements of all policies in one call.
 */
export function together(policies: readonly Policy[], backEnd: BackEnd): Judge<unknown> {
  const ids = new Map<string, number>();
  const compiled = policies.map((policy) => {
    const types: Record<string, Type> = {};
    const programs = new Map<string, Program>();
    const shared: number[] = [];
    let visible = '';
    const program = (expression: string): Program => {
      const environment = kubernetesEnvironment('1.36', {
        mode: 'stored',
        hasParams: true,
        variables: types,
      });
      const found = compile(expression, environment, { backEnd });
      if ('issues' in found) throw new Error(`${expression}: ${found.message}`);
      return found.program;
    };
    for (const { name, expression } of policy.variables) {
      const key = `${visible}|${expression}`;
      const id = ids.get(key) ?? ids.size;
      ids.set(key, id);
      shared.push(id);
      const one = known.get(`${backEnd}${key}`) ?? program(expression);
      known.set(`${backEnd}${key}`, one);
      types[name] = one.type;
      programs.set(name, one);
      visible += `${name}=${id};`;
    }
    return { programs, shared, validations: policy.validations.map(program) };
  });
  return (object) => {
    const results: (Result | undefined)[] = [];
    let held = 0;
    for (const { programs, shared, validations } of compiled) {
      const activation = { object, oldObject: null, params: null, variables: undefined } as never;
      void new SharedVariables(programs, activation, shared, results);
      for (const validation of validations) if (validation.evaluate(activation) === true) held++;
    }
    return held;
  };
}

const known = new Map<string, Program>();

class SharedVariables extends Variables {
  private readonly shared: readonly number[];
  private readonly known: (Result | undefined)[];

  constructor(
    programs: ReadonlyMap<string, Program>,
    activation: never,
    shared: readonly number[],
    results: (Result | undefined)[],
  ) {
    super(programs, activation);
    this.shared = shared;
    this.known = results;
  }

  override at(index: number): Result {
    return (this.known[this.shared[index]!] ??= super.at(index));
  }
}

/** `@marcbachmann/cel-js`, with variables that are computed when first read. */
export function marc(policy: Policy, params: unknown = null): Judge<unknown> {
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
    const context = { object, oldObject: null, params, variables: lazy };
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

/** `@bufbuild/cel`, which knows no variables. */
export function buf({ validations }: Policy, params: unknown = null): Judge<unknown> {
  const environment = celEnv();
  const plans = validations.map((expression) => bufPlan(environment, bufParse(expression)));
  return (object) => {
    let held = 0;
    for (const evaluate of plans) {
      if (evaluate({ object: object as CelInput, params: params as CelInput }) === true) held++;
    }
    return held;
  };
}

interface Manifest {
  readonly spec: {
    readonly matchConstraints: {
      readonly resourceRules: readonly { readonly resources: readonly string[] }[];
    };
    readonly variables?: readonly Expression[];
    readonly validations: readonly { readonly expression: string }[];
  };
}

/** The validations of the catalogue that are about pods, each with the variables of its policy. */
export function catalogue(): Policy[] {
  const root = path.join(import.meta.dirname, '../controls');
  return readdirSync(root, { withFileTypes: true })
    .filter((folder) => folder.isDirectory() && !folder.name.startsWith('_'))
    .flatMap((folder) => {
      const manifest = load(readFileSync(path.join(root, folder.name, 'policy.yaml'), 'utf8')) as Manifest;
      const { matchConstraints, variables = [], validations } = manifest.spec;
      const isAboutPods = matchConstraints.resourceRules.some(({ resources }) =>
        resources.includes('deployments'),
      );
      if (!isAboutPods) return [];
      return validations.map(({ expression }) => ({ variables, validations: [expression] }));
    });
}

/** Whether the other library can read a policy's expressions and finds the same as we do for a few workloads. */
export function isAnsweredByMarc(policy: Policy): boolean {
  try {
    const [theirs, own] = [marc(policy), ours(policy, 'closures')];
    return workloads(60).every((object) => theirs(object) === own(object));
  } catch {
    return false;
  }
}
