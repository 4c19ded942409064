import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { formatPath } from '../../model/path.ts';
import { readDocuments } from '../../yaml/index.ts';
import { serverView } from './server-view.ts';
import type { JsonObject, ServerView } from './server-view.ts';

/** One observed creation: what a webhook saw of a body, or the server's refusal. */
interface Row {
  id: string;
  kind: string;
  yaml: string;
  seen: JsonObject | null;
  error?: string;
  code?: number;
  contentType?: string;
  warnings?: string[];
  setup?: string;
  unstable?: boolean;
}

const data = new URL('../../../../shared/conformance/server-view/cases.jsonl', import.meta.url);

/** Rows whose answer does not follow from the object alone, with the reason. */
const excused = new Map<string, string>([
  ['duplicate/key-1-and-string-1', 'the server itself answers at random'],
  [
    'duplicate/json-object',
    'duplicate keys of a raw JSON body merge; kubectl sends the last one, as we read it',
  ],
  ['metadata/namespace-mismatch', 'the URL disagrees with the object'],
  ['typemeta/wrong-kind', 'the URL disagrees with the object'],
  ['typemeta/wrong-version', 'the URL disagrees with the object'],
  ['typemeta/kind-lower', 'the URL disagrees with the object'],
  ['yaml/list-kind', 'the URL disagrees with the object'],
  ['minimal/CertificateSigningRequest', 'the requester is part of the view'],
  ['csr/rich', 'the requester is part of the view'],
  ['zero/CertificateSigningRequest', 'the requester is part of the view'],
  ['null/CertificateSigningRequest', 'the requester is part of the view'],
  ['yaml/json-number-float', 'a JSON number does not keep its spelling'],
  ['yaml/json-number-exp', 'a JSON number does not keep its spelling'],
]);

function readRows(): Row[] {
  return readFileSync(data, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}

/** The body as an object; undefined when the YAML reader refuses it or it is no map. */
function readBody(row: Row): JsonObject | undefined {
  const document = [...readDocuments(row.yaml)].find(({ isEmpty }) => !isEmpty);
  if (document === undefined) return undefined;
  const value = document.value as unknown;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  if (row.seen === null) return value as JsonObject;
  // The URL fills in what the body leaves out.
  const { apiVersion = row.seen.apiVersion, kind = row.kind } = value as JsonObject;
  return { ...(value as JsonObject), apiVersion, kind };
}

function viewOf(row: Row): ServerView | undefined {
  const body = readBody(row);
  return body === undefined ? undefined : serverView(body, { namespace: 'default' });
}

/** Puts the placeholders of the observed object into ours, where ours holds anything at all. */
function withPlaceholders(seen: unknown, ours: unknown): unknown {
  if (typeof seen === 'string' && /<(?:uid|random|clusterIP|nodePort|now)>/.test(seen)) {
    return ours === undefined || ours === null ? ours : seen;
  }
  if (Array.isArray(seen) && Array.isArray(ours))
    return ours.map((item, index) => withPlaceholders(seen[index], item));
  if (!isMap(seen) || !isMap(ours)) return ours;
  return Object.fromEntries(
    Object.entries(ours).map(([key, value]) => [key, withPlaceholders(seen[key], value)]),
  );
}

function isMap(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The rows leave out what every object has. */
function withoutSystemFields(object: JsonObject): JsonObject {
  const { uid, creationTimestamp, ...metadata } = object.metadata as JsonObject;
  assert.ok(uid !== undefined && creationTimestamp !== undefined);
  return { ...object, metadata };
}

if (existsSync(data)) {
  const rows = readRows().filter((row) => row.setup === undefined && !row.id.startsWith('plugin/'));

  describe('server view as observed on kube-apiserver', () => {
    const seenRows = rows.filter((row) => row.seen !== null && !excused.has(row.id));
    for (const kind of new Set(seenRows.map((row) => row.kind))) {
      test(`every ${kind} that a policy saw is seen the same`, () => {
        for (const row of seenRows.filter((candidate) => candidate.kind === kind)) {
          const view = viewOf(row);
          assert.ok(view?.object, `${row.id}: ${view?.problems[0]?.message ?? 'not read'}`);
          assert.deepEqual(withPlaceholders(row.seen, withoutSystemFields(view.object)), row.seen, row.id);
        }
      });
    }

    test('an excuse is used up only by rows that differ', () => {
      const excusedRows = rows.filter((row) => row.seen !== null && excused.has(row.id));
      console.log(
        `seen rows compared: ${seenRows.length}, excused: ${excusedRows.map(({ id }) => id).join(' ')}`,
      );
      assert.ok(seenRows.length > 1100);
      for (const row of excusedRows) {
        if (row.unstable === true) continue;
        const seen = viewOf(row)?.object;
        assert.ok(seen);
        assert.notDeepEqual(
          withPlaceholders(row.seen, withoutSystemFields(seen)),
          row.seen,
          `${row.id} needs no excuse`,
        );
      }
    });

    test('the same fields are unknown', () => {
      let compared = 0;
      for (const row of seenRows) {
        const warned = (row.warnings ?? []).flatMap(
          (text) => text.match(/^unknown field "(.*)"$/)?.[1] ?? [],
        );
        const unknown = viewOf(row)?.unknownFields.map((path) => formatPath(path)) ?? [];
        assert.deepEqual(unknown.toSorted(), warned.toSorted(), row.id);
        compared += warned.length;
      }
      assert.ok(compared > 50);
    });

    test('what the server refuses while decoding is refused with its words and a path', () => {
      const counts: Record<string, number> = {};
      for (const row of rows) {
        if (row.seen !== null) continue;
        const outcome = refusalOf(row);
        counts[outcome] = (counts[outcome] ?? 0) + 1;
      }
      console.log(`refused rows of ${rows.length}: ${JSON.stringify(counts)}`);
      assert.ok((counts['same text'] ?? 0) >= 800);
    });
  });
} else {
  test(
    'server view as observed on kube-apiserver',
    { skip: `SKIPPED: no test data at ${data.pathname}` },
    () => {},
  );
}

/** How a refused row is accounted for; fails where we should have refused and did not, or in other words. */
function refusalOf(row: Row): string {
  if (row.code === 404) return 'version not served';
  if (row.code !== 400) return 'refused later by validation, out of scope';
  const reason = excused.get(row.id);
  if (reason !== undefined) return reason;
  const view = viewOf(row);
  if (view === undefined) return 'refused or no object already for the YAML reader';
  assert.equal(view.object, null, `${row.id}: the server says ${row.error}`);
  const [problem] = view.problems;
  assert.ok(problem !== undefined && problem.path.length > 0, row.id);
  const text = row.error ?? '';
  if (text.startsWith('the object provided is unrecognized')) {
    assert.ok(text.includes(problem.message.replace(/^.*cannot be handled as a \w+: /, '')), row.id);
    return 'same text but for the quoted bytes';
  }
  assert.equal(problem.message, text, row.id);
  return 'same text';
}
