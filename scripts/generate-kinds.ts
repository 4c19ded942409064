/**
 * Derives src/kube/kinds.generated.ts: which kinds a Kubernetes minor version serves and how their Go types look (field
 * names, Go types, omitempty), packed into lines of text.
 *
 *   node scripts/generate-kinds.ts OPENAPI.json.gz GO_MODULES > src/kube/kinds.generated.ts
 *
 * OPENAPI.json.gz: `{version, resources, go: {kinds, types}}`, types as `[jsonName, goType, flags]`.
 * GO_MODULES: a Go module cache that holds k8s.io/{api,apimachinery,apiextensions-apiserver,kube-aggregator}; it adds the Go
 * names of string enums and named maps, which OpenAPI does not carry and the server's error texts do.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

type GoField = [name: string, type: string, flags?: string];
interface OpenApi {
  version: string;
  resources: Record<string, [plural: string, namespaced: boolean]>;
  go: { kinds: Record<string, string>; types: Record<string, GoField[]> };
}

const [openApiFile, modules] = process.argv.slice(2);
if (openApiFile === undefined || modules === undefined) {
  console.error('usage: node scripts/generate-kinds.ts OPENAPI.json.gz GO_MODULES');
  process.exit(2);
}
const openApi = JSON.parse(gunzipSync(readFileSync(openApiFile)).toString()) as OpenApi;
const minor = openApi.version.match(/1\.\d+/)?.[0] ?? '';
const moduleVersion = `v0.${minor.slice(2)}`;

/** Values with a JSON form of their own; anything else opaque passes as it is (`r`). */
const opaque: Record<string, string> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'q',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 't',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'm',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'o',
};
const scalars: Record<string, string> = {
  string: 's',
  bool: 'b',
  int32: 'i',
  int64: 'l',
  float64: 'd',
  '[]byte': 'y',
};

/** `io.k8s.api.core.v1.Pod` becomes `core.v1.Pod`: unique, and its end is what Go prints. */
function shortName(name: string): string {
  return name.split('.').slice(-3).join('.');
}

/** Struct name to (JSON name to Go type expression), read from one package's source files. */
function goStructs(folder: string): Map<string, Map<string, string>> {
  const structs = new Map<string, Map<string, string>>();
  for (const file of globSync(join(folder, 'types*.go'))) {
    const source = readFileSync(file, 'utf8');
    for (const struct of source.matchAll(/^type (\w+) struct \{\n(.*?)^\}/gms)) {
      const fields = new Map<string, string>();
      for (const field of (struct[2] ?? '').matchAll(/^\s+\w+\s+(\S+)\s+`.*?json:"([^",]+)/gm)) {
        fields.set(field[2] ?? '', field[1] ?? '');
      }
      structs.set(struct[1] ?? '', fields);
    }
  }
  return structs;
}

function packageFolder(type: string): string | undefined {
  const parts = type.split('.');
  const [group, version] = parts.slice(-3);
  const roots: [string, string][] = [
    ['io.k8s.api.', `k8s.io/api@${moduleVersion}*/${group}/${version}`],
    ['io.k8s.apimachinery.pkg.apis.', `k8s.io/apimachinery@${moduleVersion}*/pkg/apis/${group}/${version}`],
    ['io.k8s.apiextensions', `k8s.io/apiextensions-apiserver@${moduleVersion}*/pkg/apis/${group}/${version}`],
    ['io.k8s.kube-aggregator', `k8s.io/kube-aggregator@${moduleVersion}*/pkg/apis/${group}/${version}`],
  ];
  const root = roots.find(([prefix]) => type.startsWith(prefix));
  const folder = root === undefined ? undefined : globSync(join(modules ?? '', root[1]))[0];
  return folder !== undefined && existsSync(folder) ? folder : undefined;
}

const packages = new Map<string, Map<string, Map<string, string>>>();
function goExpression(type: string, field: string): string | undefined {
  const folder = packageFolder(type);
  if (folder === undefined) return undefined;
  let structs = packages.get(folder);
  if (structs === undefined) packages.set(folder, (structs = goStructs(folder)));
  return structs.get(type.split('.').at(-1) ?? '')?.get(field);
}

/** The name Go prints for a named non-struct type: `v1.DNSPolicy`, `types.UID`; undefined for a plain one. */
function printedName(expression: string | undefined, version: string): string | undefined {
  if (expression === undefined || !/^[\w.]+$/.test(expression)) return undefined;
  if (/^(string|bool|int32|int64|float64|byte|uint8|interface)$/.test(expression)) return undefined;
  if (!expression.includes('.')) return `${version}.${expression}`;
  return expression.replace(/^[a-z]*(v\d\w*)\./, '$1.');
}

const used = new Map<string, number>();
const order: string[] = [];
function reference(type: string): string {
  if (!used.has(type)) {
    used.set(type, order.length);
    order.push(type);
  }
  return `#${(used.get(type) ?? 0).toString(36)}.`;
}

function packType(type: string, expression: string | undefined, version: string): string {
  if (type.startsWith('*')) return `*${packType(type.slice(1), expression?.replace(/^\*/, ''), version)}`;
  const named = printedName(expression, version);
  if (type in scalars) return `${scalars[type]}${named === undefined ? '' : `@${named}`}`;
  if (type in opaque) return opaque[type] ?? '';
  const alias = named === undefined ? '' : `%${named}`;
  if (type.startsWith('[]'))
    return `[${packType(type.slice(2), expression?.match(/^\[\](.*)/)?.[1], version)}${alias}`;
  if (type.startsWith('map[string]')) {
    return `{${packType(type.slice(11), expression?.match(/^map\[[^\]]+\](.*)/)?.[1], version)}${alias}`;
  }
  return type in openApi.go.types ? reference(type) : 'r';
}

const kinds = Object.entries(openApi.resources).map(([key, [plural, namespaced]]) => {
  const type = openApi.go.kinds[key] ?? '';
  if (!(type in openApi.go.types)) throw new Error(`no Go type for ${key}`);
  const slash = key.lastIndexOf('/');
  return `${key.slice(0, slash)} ${key.slice(slash + 1)} ${plural} ${namespaced ? 'n' : 'c'} ${reference(type).slice(1, -1)}`;
});
const types: string[] = [];
// `order` grows while its types are packed: only what the kinds reach gets in.
for (let index = 0; index < order.length; index++) {
  const name = order[index] ?? '';
  const version = name.split('.').at(-2) ?? '';
  const fields = (openApi.go.types[name] ?? []).map(([field, type, flags = '']) => {
    if (flags.includes('i')) return `&${packType(type, undefined, version)}`;
    const flag = flags.includes('z') ? '~' : flags.includes('e') ? '?' : '!';
    return `${field}${flag}${packType(type, goExpression(name, field), version)}`;
  });
  types.push(`${shortName(name)} ${fields.join(' ')}`);
}

const text = `// Generated by scripts/generate-kinds.ts from the OpenAPI document and Go modules of Kubernetes ${minor}; do not edit.

/** The minor version that the tables describe. */
export const tableVersion = '${minor}';

/** A line for each kind: API version, kind, plural, n(amespaced) or c(luster), line of its type (base 36). */
export const kindLines = \`
${kinds.join('\n')}
\`;

/** A line for each Go type: its name, then its fields; the notation is explained in go-type.ts. */
export const typeLines = \`
${types.join('\n')}
\`;
`;
process.stdout.write(text);
