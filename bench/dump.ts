import { closeSync, openSync, writeSync } from 'node:fs';
import { readDocuments, stringify } from '../src/yaml/index.ts';
import { manifest, random } from './manifests.ts';

/** How a cluster is dumped: as kubectl writes JSON and YAML, and JSON without white space. */
export type DumpForm = 'json' | 'compact' | 'yaml' | 'documents';

const statuses: Readonly<Record<string, object>> = {
  Deployment: {
    status: {
      availableReplicas: 1,
      conditions: [
        {
          lastTransitionTime: '2026-01-01T00:00:00Z',
          lastUpdateTime: '2026-01-01T00:00:00Z',
          message: 'Deployment has minimum availability.',
          reason: 'MinimumReplicasAvailable',
          status: 'True',
          type: 'Available',
        },
      ],
      observedGeneration: 3,
      readyReplicas: 1,
      replicas: 1,
    },
  },
  StatefulSet: { status: { replicas: 1, observedGeneration: 3 } },
  Pod: { status: { phase: 'Running', podIP: '10.0.0.1' } },
  Service: { status: { loadBalancer: {} } },
};

/** What the API server adds to every object; the values do not matter, their size does. */
function asServed(object: Record<string, unknown>, i: number): Record<string, unknown> {
  const metadata = object['metadata'] as Record<string, unknown>;
  const uid = `5f6c1a52-0d5e-4b0c-8f4e-${String(i).padStart(12, '0')}`;
  return {
    ...object,
    metadata: {
      ...metadata,
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(object) },
      creationTimestamp: '2026-01-01T00:00:00Z',
      generation: 3,
      resourceVersion: String(100_000 + i),
      uid,
    },
    ...statuses[String(object['kind'])],
  };
}

/** Writes a List of mixed objects of about `bytes` to `file`, or as many documents; returns how many there are. */
export function writeDump(file: string, bytes: number, form: DumpForm, seed = 7): number {
  const next = random(seed);
  const target = openSync(file, 'w');
  let written = writeSync(target, heads[form]);
  let count = 0;
  let pieces: string[] = [];
  for (; written < bytes; count++) {
    const [document] = readDocuments(manifest(count, next));
    const object = asServed(document!.value as Record<string, unknown>, count);
    pieces.push(item(object, form, count === 0));
    if (pieces.length < 500) continue;
    written += writeSync(target, pieces.join(''));
    pieces = [];
  }
  writeSync(target, tails[form]);
  closeSync(target);
  return count;
}

const heads: Readonly<Record<DumpForm, string>> = {
  json: '{\n    "apiVersion": "v1",\n    "items": [\n',
  compact: '{"apiVersion":"v1","items":[',
  yaml: 'apiVersion: v1\nitems:\n',
  documents: '',
};
const tails: Readonly<Record<DumpForm, string>> = {
  json: '\n    ],\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n',
  compact: '],"kind":"List","metadata":{"resourceVersion":""}}\n',
  yaml: 'kind: List\nmetadata:\n  resourceVersion: ""\n',
  documents: '',
};

function item(object: Record<string, unknown>, form: DumpForm, isFirst: boolean): string {
  switch (form) {
    case 'json': {
      const text = JSON.stringify(object, undefined, 4).replaceAll('\n', '\n        ');
      return `${isFirst ? '' : ',\n'}        ${text}`;
    }
    case 'compact':
      return `${isFirst ? '' : ','}${JSON.stringify(object)}`;
    case 'yaml':
      return stringify([object as never]);
    case 'documents':
      return `---\n${stringify(object as never)}`;
  }
}
