import type { JsonObject } from '../../../model/object.ts';
import type { Operation } from '../../../policy/index.ts';
import { Fields } from '../fields.ts';
import { isMapping } from '../files.ts';
import type { SuiteReader } from '../suite-reader.ts';

/** What the values of a Kyverno test say about requests. */
export interface KyvernoValues {
  /** The namespaces whose labels are given. */
  readonly namespaces: ReadonlyMap<string, JsonObject>;
  /** The operation in which a policy sees a resource. */
  readonly operation: (policy: string, resource: string) => Operation;
  /** The subresource that an object is sent to, `apps/v1/deployments/scale`; undefined for the resource of its kind. */
  readonly resource: (object: JsonObject) => string | undefined;
}

const valuesKeys = [
  'apiVersion',
  'kind',
  'metadata',
  'globalValues',
  'policies',
  'namespaceSelector',
  'namespaces',
  'subresources',
  'variables',
];
const operations: readonly Operation[] = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];

/** Reads the values of a test: the file that `variables` names, and what stands in `values` itself. */
export function readValues(reader: SuiteReader, test: Fields): KyvernoValues {
  const sources: Fields[] = [];
  const named = test.text('variables');
  const found = named === undefined ? undefined : reader.object(named);
  if (typeof found === 'string') test.error(found, 'variables');
  else if (found !== undefined) sources.push(new Fields(found, found.value, reader.problems));
  const inline = test.mapping('values');
  if (inline !== undefined) sources.push(test.at(inline, 'values'));

  const namespaces = new Map<string, JsonObject>();
  const operationOf = new Map<string, Operation>();
  const subresources = new Map<string, string>();
  const note = (key: string, values: JsonObject | undefined): void => {
    const { request } = values ?? {};
    const written = values?.['request.operation'] ?? (isMapping(request) ? request['operation'] : undefined);
    const operation = operations.find((one) => one === written);
    if (operation !== undefined) operationOf.set(key, operation);
  };
  for (const source of sources) {
    source.known(valuesKeys, 'warning');
    for (const one of source.items('namespaceSelector')) {
      const name = one.text('name') ?? '';
      const labels = one.mapping('labels') ?? {};
      namespaces.set(name, { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
    }
    for (const { value } of source.items('namespaces')) {
      const { metadata } = value;
      if (isMapping(metadata) && typeof metadata['name'] === 'string')
        namespaces.set(metadata['name'], value);
    }
    for (const one of source.items('subresources')) {
      const of = one.at(one.mapping('subresource') ?? {}, 'subresource');
      const parent = one.at(one.mapping('parentResource') ?? {}, 'parentResource');
      const name = of.text('name') ?? '';
      if (name.includes('/'))
        subresources.set(`${groupVersion(of)} ${of.text('kind') ?? ''}`, `${groupVersion(parent)}/${name}`);
    }
    note('', source.mapping('globalValues'));
    for (const policy of source.items('policies')) {
      const policyName = policy.text('name') ?? '';
      for (const resource of policy.items('resources')) {
        note(`${policyName}/${resource.text('name') ?? ''}`, resource.mapping('values'));
      }
    }
  }
  return {
    namespaces,
    operation: (policy, resource) =>
      operationOf.get(`${policy}/${resource}`) ?? operationOf.get('') ?? 'CREATE',
    resource: ({ apiVersion, kind }) => subresources.get(`${String(apiVersion)} ${String(kind)}`),
  };
}

function groupVersion(fields: Fields): string {
  const parts = [fields.text('group'), fields.text('version')];
  return parts.filter((part) => part !== undefined && part !== '').join('/');
}
