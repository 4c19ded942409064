import type { Finding, Report } from '../model/finding.ts';
import type { ReportOptions } from './reporter.ts';

/** The file that the findings of `sampleReport` point into. */
export const sampleText = `apiVersion: v1
kind: Pod
metadata:
  name: agent
spec:
  containers:
  - name: agent
    securityContext:
      privileged: true
  - name: side
    securityContext:
      privileged: true
`;

const pod = { apiVersion: 'v1', kind: 'Pod', namespace: 'kube-system', name: 'agent' };

const failure = (index: number, line: number): Finding => ({
  control: 'privileged-container',
  severity: 'critical',
  verdict: 'fail',
  message: 'container "agent" runs privileged & "unconfined"',
  reason: '',
  object: pod,
  path: `spec.containers[${index}].securityContext.privileged`,
  location: { file: 'deploy/agent.yaml', line, column: 7, endLine: line, endColumn: 23 },
  fingerprint: `f${index}`,
  suppression: undefined,
});

export const findings: readonly Finding[] = [
  failure(0, 9),
  failure(1, 12),
  {
    ...failure(0, 9),
    control: 'host-path-volume',
    severity: 'high',
    message: 'volume "data" mounts a path of the node\nsecond line',
    path: '',
    location: undefined,
    fingerprint: 'h',
  },
  { ...failure(0, 9), fingerprint: 's', suppression: { by: 'annotation', reason: 'needs the devices' } },
  {
    ...failure(0, 9),
    verdict: 'unknown',
    message: '',
    reason: 'the labels of namespace "x" are not in the input',
    fingerprint: 'u',
  },
  { ...failure(0, 9), verdict: 'error', message: '', reason: 'no such key: x', fingerprint: 'e' },
  { ...failure(0, 9), verdict: 'pass', message: '', fingerprint: '', location: undefined },
];

/** A report with one of everything. */
export const sampleReport: Report = {
  apiVersion: 'scantling.dev/v1',
  kind: 'Report',
  controls: {
    'privileged-container': {
      title: 'container runs privileged',
      practice: 11,
      severity: 'critical',
      why: 'root on the node with one step',
      fix: 'remove the line and name the capabilities it needs',
      frameworks: { pss: ['baseline'], 'cis-1.12': ['5.2.2'] },
      aliases: { kubescape: ['C-0057'] },
      references: ['https://kubernetes.io/docs/concepts/security/pod-security-standards/'],
    },
    'host-path-volume': {
      title: 'volume mounts a path of the node',
      practice: 11,
      severity: 'high',
      why: '',
      fix: '',
      frameworks: {},
      aliases: {},
      references: [],
    },
  },
  findings,
  failures: [
    {
      control: 'privileged-container',
      severity: 'critical',
      object: pod,
      findings: findings.slice(0, 2),
    },
    { control: 'host-path-volume', severity: 'high', object: pod, findings: [findings[2]!] },
  ],
  problems: [
    { file: 'bad.yaml', line: 3, column: 1, severity: 'error', reason: 'a tab may not indent' },
    { file: 'web.yaml', line: 2, column: 5, severity: 'warning', reason: 'key "name" already set' },
    { file: 'nope.yaml', line: 0, column: 0, severity: 'error', reason: 'no such file or directory' },
  ],
  coverage: {
    files: 4,
    notManifests: 1,
    objects: 6,
    renderingNeeded: ['chart'],
    unknown: { 'namespace labels not in the input': 1 },
    practicesNotLookedAt: ['TLS everywhere', 'etcd isolation'],
  },
  summary: {
    failures: { critical: 2, high: 1, medium: 0, low: 0, info: 0 },
    verdicts: { pass: 1, fail: 4, 'not-applicable': 0, unknown: 1, error: 1 },
    suppressed: 1,
    failingObjects: 1,
    posture: [
      { practice: 'Linux security features', controls: 2, objects: 6, failing: 1 },
      { practice: 'workload identity', controls: 1, objects: 0, failing: 0 },
    ],
    exitCode: 3,
    exitReason: 'a document could not be read, and findings at or above high',
  },
};

export const sampleOptions: ReportOptions = {
  source: (file) => (file === 'deploy/agent.yaml' ? sampleText : undefined),
  all: false,
  quiet: false,
  color: false,
  width: 100,
  elapsedMilliseconds: 190,
  version: '1.2.3',
};
