import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { ours } from './cel-engines.ts';
import { workloads } from './workloads.ts';
const objects = workloads(2000);
for (const name of process.argv.slice(2)) {
  const { spec } = load(readFileSync(`controls/${name}/policy.yaml`, 'utf8')) as any;
  for (const { expression } of spec.validations) {
    const j = ours({ variables: spec.variables ?? [], validations: [expression] }, 'automatic');
    const out: string[] = [];
    for (let k = 0; k < 6; k++) { const s = process.cpuUsage(); for (const o of objects) j(o); const t = process.cpuUsage(s); out.push(((t.user + t.system) / 1000).toFixed(1)); }
    console.log(name, out.join(' '), expression.slice(0, 60));
  }
}
