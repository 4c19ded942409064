// Compiles a thousand different policies and prints what that took; a process of its own, so that memory is only theirs.
import { compile } from '../src/cel/index.ts';
import { kubernetesEnvironment } from '../src/cel/kubernetes/environment.ts';
import { samples } from './cel-expressions.ts';

const policies = 1000;
const environment = kubernetesEnvironment('1.36', { mode: 'stored', hasParams: true });
const collect = globalThis.gc ?? (() => {});
collect();
const before = process.memoryUsage();
const start = process.cpuUsage();
const wall = performance.now();
const kept: unknown[] = [];
for (let i = 0; i < policies; i++) {
  const { text } = samples[i % samples.length]!;
  const compiled = compile(`(${text}) && object.metadata.name != 'policy-${i}'`, environment);
  if ('issues' in compiled) throw new Error(compiled.message);
  compiled.program.evaluate({ object: null, params: null });
  kept.push(compiled.program);
}
const milliseconds = performance.now() - wall;
const { user, system } = process.cpuUsage(start);
collect();
const megabytes = (process.memoryUsage().heapUsed - before.heapUsed) / 1e6;
console.log(JSON.stringify({ policies: kept.length, milliseconds, cpu: (user + system) / 1000, megabytes }));
