// Evaluates an expression as kube-apiserver does, and says why it has the value it has.
//   npm install scantling && node cel.js
import { CelError, compile, Unknown } from 'scantling/cel';
import { kubernetesEnvironment } from 'scantling/cel/kubernetes';

const compiled = compile(
  'object.spec.containers.all(c, c.image.contains("@sha256:"))',
  kubernetesEnvironment('1.36'),
);
if ('issues' in compiled) throw new Error(compiled.message);
const { program } = compiled;

const containers = [{ image: 'a@sha256:1' }, { image: 'b:latest' }];
const object = { spec: { containers } };
console.log(program.evaluate({ object })); // false

const { cost, paths } = program.explain({ object });
console.log(`${paths.map((path) => path.join('.'))} decided, for ${cost} units of 1000000`);

for (const value of [{ spec: {} }, new Unknown(['object'])]) {
  const result = program.evaluate({ object: value }); // errors and unknowns are values
  console.log(result instanceof CelError ? result.message : `depends on ${result.attributes}`);
}
