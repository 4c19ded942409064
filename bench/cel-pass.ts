// One process, one engine: CPU milliseconds of each pass of the catalogue over the workloads, compiling not included.
import { type BackEnd } from '../src/cel/index.ts';
import { catalogue, isAnsweredByMarc, marc, ours, together } from './cel-engines.ts';
import { workloads } from './workloads.ts';

const [engine = 'automatic', passes = '1'] = process.argv.slice(2);
const objects = workloads(2000);
const policies = catalogue().filter(isAnsweredByMarc);
const judges =
  engine === 'together'
    ? [together(policies, 'automatic')]
    : policies.map((policy) => (engine === 'marc' ? marc(policy) : ours(policy, engine as BackEnd)));
const milliseconds: number[] = [];
let holding = 0;
for (let pass = 0; pass < Number(passes); pass++) {
  const start = process.cpuUsage();
  holding = 0;
  for (const object of objects) for (const judge of judges) holding += judge(object);
  const { user, system } = process.cpuUsage(start);
  milliseconds.push((user + system) / 1000);
}
console.log(JSON.stringify({ milliseconds, holding }));
