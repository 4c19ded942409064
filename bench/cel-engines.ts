import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type CelInput, celEnv, parse as bufParse, plan as bufPlan } from '@bufbuild/cel';
import { Environment as MarcEnvironment } from '@marcbachmann/cel-js';
import { load } from 'js-yaml';
import { type BackEnd, compile, type Program, type Type, Variables } from '../src/cel/index.ts';
import { kubernetesEnvironment } from '../src/cel/kubernetes/environment.ts';

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
    readonly variables?: readonly Expression[];
    readonly validations: readonly { readonly expression: string }[];
  };
}

/** The validations of the catalogue, each with the variables of its policy. */
export function catalogue(): Policy[] {
  const root = path.join(import.meta.dirname, '../controls');
  return readdirSync(root, { withFileTypes: true })
    .filter((folder) => folder.isDirectory() && !folder.name.startsWith('_'))
    .flatMap((folder) => {
      const manifest = load(readFileSync(path.join(root, folder.name, 'policy.yaml'), 'utf8')) as Manifest;
      const { variables = [], validations } = manifest.spec;
      return validations.map(({ expression }) => ({ variables, validations: [expression] }));
    });
}
