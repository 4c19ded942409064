import type { Json, JsonObject } from '../../src/model/object.ts';
import { type Choices, generatePodExtras, generatePodSpec, quantities, sparse } from './pod-generator.ts';
import type { Random } from './random.ts';

/** Makes the fields of one kind beside apiVersion, kind and metadata. */
type Maker = (random: Random) => JsonObject;

const appArmor = 'container.apparmor.security.beta.kubernetes.io/a';
const labels: readonly Json[] = [{}, { app: 'x' }];
const selector = { matchLabels: { app: 'x' } };

const template = (random: Random, spec: JsonObject = {}): JsonObject => ({
  metadata: {
    labels: { app: 'x' },
    ...sparse(random, { annotations: [{}, { a: 'b' }, { [appArmor]: 'runtime/default' }] }, 0.75),
  },
  spec: { ...generatePodSpec(random), ...spec },
});

/** A kind whose spec has a selector, a template and these fields. */
const workload =
  (fields: Choices): Maker =>
  (random) => ({ spec: { selector, template: template(random), ...sparse(random, fields) } });

const claims = quantities.map((storage) => [
  { metadata: { name: 'd' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } } },
]);

const makers: Readonly<Record<string, Maker>> = {
  'v1/Pod': (random) => ({ spec: { ...generatePodSpec(random), ...generatePodExtras(random) } }),
  'apps/v1/Deployment': workload({
    replicas: [0, 3],
    strategy: [{}, { type: 'Recreate' }, { rollingUpdate: { maxSurge: 2 } }],
    paused: [true, false],
    revisionHistoryLimit: [0],
  }),
  'apps/v1/ReplicaSet': workload({ replicas: [0, 3], minReadySeconds: [0, 3] }),
  'apps/v1/StatefulSet': workload({
    updateStrategy: [{}, { type: 'OnDelete' }, { rollingUpdate: { partition: 3 } }],
    volumeClaimTemplates: [[], ...claims],
    ordinals: [{}, { start: 2 }],
  }),
  'apps/v1/DaemonSet': workload({
    updateStrategy: [{ type: 'OnDelete' }, { rollingUpdate: { maxUnavailable: '10%' } }],
  }),
  'batch/v1/Job': (random) => ({
    spec: {
      template: template(random, { restartPolicy: 'Never' }),
      ...sparse(random, {
        completions: [3],
        backoffLimit: [0],
        suspend: [true, false],
        ttlSecondsAfterFinished: [0],
      }),
    },
  }),
  'batch/v1/CronJob': (random) => ({
    spec: {
      schedule: '@daily',
      jobTemplate: {
        ...sparse(random, { metadata: [{ labels: {} }] }, 0.5),
        spec: { template: template(random, { restartPolicy: 'Never' }) },
      },
      ...sparse(random, { suspend: [true, false], failedJobsHistoryLimit: [0] }),
    },
  }),
  'v1/Service': (random) => ({
    spec: {
      ports: [{ port: 80, ...sparse(random, { targetPort: ['a', 0, '', 8080], appProtocol: [''] }, 0.2) }],
      ...sparse(random, {
        type: ['NodePort', 'LoadBalancer', 'ClusterIP', ''],
        clusterIP: ['None', ''],
        selector: [{}, { a: 'b' }],
        sessionAffinity: ['ClientIP', 'None'],
        externalTrafficPolicy: ['Local'],
        internalTrafficPolicy: ['Local'],
        externalIPs: [['1.2.3.4'], []],
        ipFamilyPolicy: ['PreferDualStack', 'SingleStack'],
        ipFamilies: [['IPv4'], []],
        publishNotReadyAddresses: [true, false],
        allocateLoadBalancerNodePorts: [false],
      }),
    },
  }),
  'networking.k8s.io/v1/NetworkPolicy': (random) => ({
    spec: sparse(random, {
      podSelector: [{}, { matchLabels: {} }, { matchExpressions: [{ key: 'a', operator: 'Exists' }] }],
      ingress: [
        [],
        [{}],
        [{ from: [{ podSelector: {} }], ports: [{ port: 1 }, { port: 'a', protocol: 'UDP' }] }],
      ],
      egress: [[], [{}], [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }]],
      policyTypes: [[], ['Egress']],
    }),
  }),
};

/** The kinds that are generated, as `apiVersion/kind`. */
export const generatedKinds: readonly string[] = Object.keys(makers);

/** A manifest of one of the kinds, in the namespace of the request. */
export function generateManifest(random: Random, key: string, name: string): JsonObject {
  const maker = makers[key];
  if (maker === undefined) throw new Error(`no manifest of ${key} can be generated`);
  const slash = key.lastIndexOf('/');
  const annotations: readonly Json[] = [
    {},
    { a: '' },
    ...['runtime/default', 'unconfined', 'localhost/a'].map((profile) => ({ [appArmor]: profile })),
  ];
  return {
    apiVersion: key.slice(0, slash),
    kind: key.slice(slash + 1),
    metadata: { name, ...sparse(random, { labels, annotations }, 0.7) },
    ...maker(random),
  };
}
