import type { Plugin } from 'esbuild';

/**
 * Packages that few runs need and what is imported of them: an object is callable only where `default` is in it. In the
 * command line's bundle each is evaluated when one of its functions is first called.
 */
const lazy: Readonly<Record<string, readonly string[]>> = {
  ignore: ['default'],
  'js-yaml': ['parseEvents'],
  picomatch: ['default', 'default.scan'],
};

const namespace = 'lazy-package';

/**
 * An esbuild plugin that puts a front before each of these packages: functions that load it. A `require` inside of a
 * bundle costs nothing until it is called, which an `import` cannot be told.
 */
export const lazyPackages: Plugin = {
  name: namespace,
  setup(build) {
    const filter = new RegExp(`^(?:${Object.keys(lazy).join('|')})$`);
    build.onResolve({ filter }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: front(path, lazy[path]!),
      resolveDir: process.cwd(),
    }));
  },
};

function front(name: string, members: readonly string[]): string {
  const lines = [`const load = () => require('${name}');`];
  for (const member of members) {
    const [exported, property] = member.split('.') as [string, string?];
    if (property !== undefined) {
      lines.push(`whole.${property} = (...args) => load().${property}(...args);`);
    } else if (exported === 'default') {
      lines.push('const whole = (...args) => load()(...args);', 'export default whole;');
    } else {
      lines.push(`export const ${exported} = (...args) => load().${exported}(...args);`);
    }
  }
  return lines.join('\n');
}
