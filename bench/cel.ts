// The speed of CEL: our back ends beside two libraries, JavaScript written by hand, and cel-go. Engines take turns; times
// are of the CPU, so that the load of the machine does not count.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { compile } from '../src/cel/index.ts';
import { compileJavaScript, generate } from '../src/cel/javascript/compile.ts';
import * as runtime from '../src/cel/javascript/runtime.ts';
import { kubernetesEnvironment } from '../src/cel/kubernetes/environment.ts';
import { buf, catalogue, isAnsweredByMarc, type Judge, marc, ours, single, together } from './cel-engines.ts';
import { type Deployment, deployments, parameters, samples } from './cel-expressions.ts';
import { celGo } from './cel-go.ts';
import { geometricMean, interleaved } from './interleaved.ts';
import { median } from './process.ts';
import { workloads } from './workloads.ts';

const print = (...cells: readonly (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`);
const whole = (ns: number): string => ns.toFixed(0);
const times = (ratio: number): string => ratio.toFixed(1);

function head(title: string, ...columns: readonly string[]): void {
  console.log(`\n${title}\n`);
  print(...columns);
  print(...columns.map(() => '---'));
}

/** The same function with all that counts cut out of its code; none of the ten has a text that looks like it. */
function uncounted(text: string): Judge<unknown> {
  const compiled = compile(text, environment);
  if ('issues' in compiled) throw new Error(compiled.message);
  const { code, constants } = generate(compiled.program.plan);
  const without = code
    .replaceAll(/\bc(?:[+-]=[^;]*|\+\+|--);/g, ';')
    .replaceAll(/\bt\d+=typeof t\d+==='string'\?reading\(t\d+\):-1;/g, '')
    .replaceAll(/if\(c>costLimit\)spend\(c\);|spend\(c\);/g, '');
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval
  const run = new Function('K', 'R', without)(constants, runtime) as (inputs: object) => unknown;
  return (object) => (run({ object, params: parameters }) === true ? 1 : 0);
}

function counted(text: string): Judge<unknown> {
  const compiled = compile(text, environment);
  if ('issues' in compiled) throw new Error(compiled.message);
  const run = compileJavaScript(compiled.program.plan)!;
  return (object) => (run({ object, params: parameters } as never) === true ? 1 : 0);
}

const environment = kubernetesEnvironment('1.36', { mode: 'stored', hasParams: true });

function tenExpressions(): number[] {
  head(
    `Node ${process.version}: nanoseconds of an evaluation over 16 Deployments of three containers`,
    'expression',
    'by hand',
    'generated',
    'times by hand',
    'closures',
    '@marcbachmann/cel-js',
    '@bufbuild/cel',
  );
  const generated: number[] = [];
  for (const { name, text, byHand, plain } of samples) {
    const engines: Judge<unknown>[] = [
      (object) => (byHand(object as Deployment, parameters) ? 1 : 0),
      ours(single(text), 'generated', parameters),
      ours(single(text), 'closures', parameters),
      ...(plain ? [marc(single(text), parameters), buf(single(text), parameters)] : []),
    ];
    const [hand, fast, slow, ...libraries] = interleaved(engines, objects, 2000);
    for (const { count } of [fast!, slow!, ...libraries]) {
      if (count !== hand!.count) throw new Error(`${name}: ${count} hold instead of ${hand!.count}`);
    }
    generated.push(fast!.ns);
    const others = [0, 1].map((i) => (libraries[i] === undefined ? '' : whole(libraries[i].ns)));
    print(name, whole(hand!.ns), whole(fast!.ns), times(fast!.ns / hand!.ns), whole(slow!.ns), ...others);
  }
  return generated;
}

function costOfCounting(): void {
  head('What the exact count of the cost takes', 'expression', 'with', 'without', 'more');
  const ratios = samples.map(({ name, text }) => {
    const [a, b] = interleaved([counted(text), uncounted(text)], objects, 2000);
    print(name, whole(a!.ns), whole(b!.ns), `${((a!.ns / b!.ns - 1) * 100).toFixed(0)} %`);
    return a!.ns / b!.ns;
  });
  print('geometric mean', '', '', `${((geometricMean(ratios) - 1) * 100).toFixed(0)} %`);
}

function besideCelGo(ns: readonly number[]): void {
  const texts = samples.map(({ text }) => text);
  const go = celGo(texts, objects, parameters);
  if (go === undefined) return;
  head(
    'Nanoseconds beside cel-go',
    'expression',
    'generated',
    'cel-go plain',
    'times',
    'as the API server',
    'times',
  );
  const ratios: { plain: number[]; configured: number[] } = { plain: [], configured: [] };
  samples.forEach(({ name }, i) => {
    const cells = (['plain', 'configured'] as const).flatMap((kind) => {
      const other = go[kind][i];
      if (other === null || other === undefined) return ['', ''];
      ratios[kind].push(other / ns[i]!);
      return [whole(other), times(other / ns[i]!)];
    });
    print(name, whole(ns[i]!), ...cells);
  });
  print(
    'geometric mean',
    '',
    '',
    times(geometricMean(ratios.plain)),
    '',
    times(geometricMean(ratios.configured)),
  );
}

/** Runs a script of this folder in processes of their own. */
function script<T>(name: string, ...args: readonly string[]): T {
  const file = path.join(import.meta.dirname, name);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', file, ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as T;
}

function theCatalogue(): void {
  const everything = catalogue();
  const policies = everything.filter(isAnsweredByMarc);
  const all = workloads(2000);
  const sum =
    (judges: readonly Judge<unknown>[]): Judge<unknown> =>
    (object) =>
      judges.reduce((total, judge) => total + judge(object), 0);
  const engines = [
    sum(policies.map((policy) => ours(policy, 'automatic'))),
    sum(policies.map((policy) => ours(policy, 'closures'))),
    sum(policies.map((policy) => marc(policy))),
    together(policies, 'automatic'),
  ];
  const steady = interleaved<unknown>(engines, all, 4);
  if (new Set(steady.map(({ count }) => count)).size > 1) {
    throw new Error(`validations hold: ${steady.map(({ count }) => count).join(', ')}`);
  }
  const names = ['automatic', 'closures', 'marc', 'together'];
  const first: number[][] = names.map(() => []);
  for (let run = 0; run < 5; run++) {
    names.forEach((name, i) => {
      first[i]!.push(script<{ milliseconds: number[] }>('cel-pass.ts', name, '1').milliseconds[0]!);
    });
  }
  head(
    `${policies.length} validations of the catalogue, each with the variables of its policy, over ${all.length} workloads (${everything.length - policies.length} more that @marcbachmann/cel-js cannot read or answers otherwise)`,
    'engine',
    'first pass, CPU ms',
    'ns per validation when warm',
    'times @marcbachmann/cel-js',
  );
  const labels = [
    'ours: closures, then generated',
    'ours: closures alone',
    '@marcbachmann/cel-js',
    'ours as a scan does it: common variables once an object',
  ];
  steady.forEach(({ ns }, i) => {
    const ratio = steady[2]!.ns / ns;
    print(labels[i]!, whole(median(first[i]!)), whole(ns / policies.length), i === 2 ? '' : times(ratio));
  });
}

function compiling(): void {
  const { policies, milliseconds, cpu, megabytes } =
    script<Record<'policies' | 'milliseconds' | 'cpu' | 'megabytes', number>>('cel-compile.ts');
  console.log(
    `\n${policies} policies compiled and evaluated once: ${whole(milliseconds)} ms (${whole(cpu)} ms of CPU), ${megabytes.toFixed(1)} MB`,
  );
}

const objects: unknown[] = deployments();
const only = process.argv.slice(2);
const wanted = (name: string): boolean => only.length === 0 || only.includes(name);
if (wanted('expressions') || wanted('go')) {
  const generated = tenExpressions();
  if (wanted('go')) besideCelGo(generated);
}
if (wanted('counting')) costOfCounting();
if (wanted('catalogue')) theCatalogue();
if (wanted('compiling')) compiling();
