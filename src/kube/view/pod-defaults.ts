/**
 * Defaults of pods, pod templates and what they hold (pkg/apis/core/v1/defaults.go, zz_generated.defaults.go), the aliases
 * that conversion resolves (conversion.go), and fields whose feature gate is off (pkg/api/pod/util.go).
 */
import { defaultPullPolicy } from '../pull-policy.ts';
import { defaultPodResources, fillMissing } from './pod-resources.ts';
import type { Fields, StructDefaults } from './struct-defaults.ts';

/** Annotations of before Kubernetes 1.8 that conversion removes. */
const initContainerAnnotations = [
  'pod.beta.kubernetes.io/init-containers',
  'pod.alpha.kubernetes.io/init-containers',
  'pod.beta.kubernetes.io/init-container-statuses',
  'pod.alpha.kubernetes.io/init-container-statuses',
];

function podSpec(spec: Fields): void {
  spec.dnsPolicy ||= 'ClusterFirst';
  spec.restartPolicy ||= 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ||= 'default-scheduler';
  spec.serviceAccountName ||= spec.serviceAccount;
  spec.serviceAccount = spec.serviceAccountName;
  spec.schedulingGroup = undefined;
}

/** Pods get more than pod templates: requests from limits, service links, host ports. */
function pod(fields: Fields): void {
  const { spec, metadata } = fields;
  dropInitContainerAnnotations(metadata);
  for (const containers of [spec.containers, spec.initContainers]) {
    for (const container of containers ?? []) {
      const { resources } = container;
      if (resources.limits !== undefined)
        resources.requests = fillMissing(resources.requests, resources.limits);
      if (!spec.hostNetwork) continue;
      for (const port of container.ports ?? []) port.hostPort ||= port.containerPort;
    }
  }
  defaultPodResources(spec);
  if (spec.terminationGracePeriodSeconds < 0) spec.terminationGracePeriodSeconds = 1;
  spec.enableServiceLinks ??= true;
}

function podTemplate(fields: Fields): void {
  dropInitContainerAnnotations(fields.metadata);
}

function dropInitContainerAnnotations(metadata: Fields): void {
  if (metadata.annotations === undefined) return;
  for (const name of initContainerAnnotations) {
    if (!Object.hasOwn(metadata.annotations, name)) continue;
    const { [name]: _, ...rest } = metadata.annotations;
    metadata.annotations = rest;
  }
}

function container(fields: Fields): void {
  fields.imagePullPolicy ||= defaultPullPolicy(fields.image ?? '');
  fields.terminationMessagePath ||= '/dev/termination-log';
  fields.terminationMessagePolicy ||= 'File';
  const { lifecycle } = fields;
  if (lifecycle?.stopSignal === undefined) return;
  lifecycle.stopSignal = undefined;
  if (lifecycle.postStart === undefined && lifecycle.preStop === undefined) fields.lifecycle = undefined;
}

function probe(fields: Fields): void {
  fields.timeoutSeconds ||= 1;
  fields.periodSeconds ||= 10;
  fields.successThreshold ||= 1;
  fields.failureThreshold ||= 3;
}

function volume(fields: Fields): void {
  for (const source in fields) {
    if (source !== 'name' && fields[source] !== undefined) return;
  }
  fields.emptyDir = {};
}

function defaultMode(fields: Fields): void {
  fields.defaultMode ??= 420;
}

/** Defaults of pods and their parts, by type. */
export const podDefaults: Record<string, StructDefaults> = {
  'core.v1.Pod': pod,
  'core.v1.PodTemplateSpec': podTemplate,
  'core.v1.PodSpec': podSpec,
  'core.v1.Container': container,
  'core.v1.EphemeralContainer': container,
  'core.v1.ContainerPort': (port) => {
    port.protocol ||= 'TCP';
  },
  'core.v1.Probe': probe,
  'core.v1.HTTPGetAction': (action) => {
    action.path ||= '/';
    action.scheme ||= 'HTTP';
  },
  'core.v1.GRPCAction': (action) => {
    action.service ??= '';
  },
  'core.v1.ObjectFieldSelector': (selector) => {
    selector.apiVersion ||= 'v1';
  },
  'core.v1.FileKeySelector': (selector) => {
    selector.optional ??= false;
  },
  'core.v1.Volume': volume,
  'core.v1.SecretVolumeSource': defaultMode,
  'core.v1.ConfigMapVolumeSource': defaultMode,
  'core.v1.DownwardAPIVolumeSource': defaultMode,
  'core.v1.ProjectedVolumeSource': defaultMode,
  'core.v1.VolumeProjection': (projection) => {
    projection.clusterTrustBundle = undefined;
    projection.podCertificate = undefined;
  },
  'core.v1.ServiceAccountTokenProjection': (projection) => {
    projection.expirationSeconds ??= 3600;
  },
  'core.v1.HostPathVolumeSource': (source) => {
    source.type ??= '';
  },
  'core.v1.ImageVolumeSource': (source) => {
    source.pullPolicy ||= defaultPullPolicy(source.reference ?? '');
  },
};
