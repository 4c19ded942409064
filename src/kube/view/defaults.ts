import { podDefaults } from './pod-defaults.ts';
import { resourceDefaults } from './resource-defaults.ts';
import type { StructDefaults } from './struct-defaults.ts';
import { workloadDefaults } from './workload-defaults.ts';

const all = new Map<string, StructDefaults>(
  Object.entries({ ...podDefaults, ...workloadDefaults, ...resourceDefaults }),
);

/** Structs whose fields the defaults or the strategy of what holds them fill or unset. */
const preparedByHolder = new Set([
  'apps.v1.DeploymentStrategy',
  'apps.v1.RollingUpdateDeployment',
  'apps.v1.DaemonSetUpdateStrategy',
  'apps.v1.RollingUpdateDaemonSet',
  'apps.v1.StatefulSetUpdateStrategy',
  'apps.v1.RollingUpdateStatefulSetStrategy',
  'apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy',
  'core.v1.ResourceRequirements',
  'core.v1.Lifecycle',
  'core.v1.ServicePort',
  'core.v1.ObjectReference',
  'rbac.v1.RoleRef',
  'autoscaling.v2.HorizontalPodAutoscalerBehavior',
  'autoscaling.v2.HPAScalingRules',
  'apiextensions.v1.CustomResourceDefinitionNames',
]);

/**
 * Whether nothing but its own fields decides how a struct is printed: no defaults, no strategy, neither of its own nor of
 * what holds it. Strategies work on metadata, specs and statuses.
 */
export function isUntouched(name: string): boolean {
  return !all.has(name) && !preparedByHolder.has(name) && !/(?:ObjectMeta|Spec|Status)$/.test(name);
}

/**
 * What fills the unset fields of a Go type wherever it stands, by the struct's name (`core.v1.Container`); undefined for
 * types without defaults.
 */
export function structDefaults(name: string): StructDefaults | undefined {
  return all.get(name);
}
