import {
  type KubernetesVersion,
  kubernetesEnvironment,
  kubernetesVersions,
} from '../src/cel/kubernetes/environment.ts';
import { kubernetesLibraries } from '../src/cel/kubernetes/libraries.ts';
import type { Library } from '../src/cel/library.ts';
import { optionalLibrary, standardLibrary } from '../src/cel/standard/library.ts';

/** The functions and macros of each library and the version from which new policies may use them, as a Markdown table. */
export function libraryTable(): string {
  const latest = environmentOf(kubernetesVersions.at(-1)!);
  const macros = new Map([...latest.macros.keys()].map((name) => [name, sinceMacro(name)]));
  const rows = rowsOf('macros', macros);
  const libraries = [standardLibrary, optionalLibrary, ...kubernetesLibraries.map(({ library }) => library)];
  for (const name of new Set(libraries.map((library) => library.name))) {
    rows.push(...rowsOf(shownName(name), functionsOf(libraries.filter((library) => library.name === name))));
  }
  return `| library | functions | new policies from |\n|---|---|---|\n${rows.join('')}`;
}

const environmentOf = (version: KubernetesVersion) => kubernetesEnvironment(version, { hasAuthorizer: true });

const shownName = (name: string): string => name.replace(/^cel\.lib\.ext\./, '').replace(/^kubernetes\./, '');

/** Each function by its name, with the first version that has the first of its overloads here. */
function functionsOf(libraries: readonly Library[]): ReadonlyMap<string, string> {
  const since = new Map<string, string>();
  for (const { name, id } of libraries.flatMap(({ overloads }) => overloads)) {
    if (!/^[a-zA-Z]/.test(name) || since.has(name)) continue;
    const found = kubernetesVersions.find((version) =>
      environmentOf(version)
        .overloads(name)
        ?.some((overload) => overload.id === id),
    );
    since.set(name, found ?? later);
  }
  return since;
}

const later = `after ${kubernetesVersions.at(-1)!}`;

const sinceMacro = (name: string): string =>
  kubernetesVersions.find((version) => environmentOf(version).macros.has(name)) ?? later;

/** One row for each version in which something of a library came. */
function rowsOf(library: string, since: ReadonlyMap<string, string>): string[] {
  const byVersion = new Map<string, string[]>();
  for (const [name, version] of [...since].sort(([a], [b]) => (a < b ? -1 : 1))) {
    byVersion.set(version, [...(byVersion.get(version) ?? []), `\`${name}\``]);
  }
  return [...byVersion].map(([version, names]) => {
    const from = version === kubernetesVersions[0] ? 'always' : version;
    return `| ${library} | ${names.join(' ')} | ${from} |\n`;
  });
}
