import { podDefaults } from './pod-defaults.ts';
import { resourceDefaults } from './resource-defaults.ts';
import type { StructDefaults } from './struct-defaults.ts';
import { workloadDefaults } from './workload-defaults.ts';

const all = new Map<string, StructDefaults>(
  Object.entries({ ...podDefaults, ...workloadDefaults, ...resourceDefaults }),
);

/**
 * What fills the unset fields of a Go type wherever it stands, by the struct's name (`core.v1.Container`); undefined for
 * types without defaults.
 */
export function structDefaults(name: string): StructDefaults | undefined {
  return all.get(name);
}
