import vm from 'node:vm';

/** Where bundles and their compiled code are taken from. */
export interface Shelf {
  /** The text of a bundle; undefined where there is none of this name. */
  readonly text: (name: string) => string | undefined;
  /** What V8 made of this bundle before; undefined where that is not known. */
  readonly code: (name: string) => Buffer | undefined;
  /** What a bundle takes for the folder it lies in. */
  readonly directory: string;
}

/** What a bundle exports. */
type Exports = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/**
 * Runs CommonJS bundles that need not be files: what a bundle requires is another bundle of the shelf or part of Node, and
 * never a file of the machine it runs on. An `import()` in a bundle is an error.
 */
export class BundleLoader {
  private readonly shelf: Shelf;
  private readonly modules = new Map<string, { exports: unknown }>();
  /** What was compiled, by name, to be asked for its code. */
  readonly scripts = new Map<string, vm.Script>();

  constructor(shelf: Shelf) {
    this.shelf = shelf;
  }

  /** What a bundle exports; it runs when it is first asked for. Throws where there is none of this name. */
  load(name: string): Exports {
    return this.require(`./${name}`) as Exports;
  }

  private readonly require = (request: string): unknown => {
    const builtin = process.getBuiltinModule(request);
    if (builtin !== undefined) return builtin;
    const name = request.replace(/^\.\//, '');
    const known = this.modules.get(name);
    if (known !== undefined) return known.exports;
    const text = this.shelf.text(name);
    if (text === undefined) throw new Error(`Cannot find module '${request}'`);
    const module = { exports: {} };
    this.modules.set(name, module);
    const run = this.compile(name, text).runInThisContext() as (...args: unknown[]) => void;
    run.call(module.exports, module.exports, this.require, module, name, this.shelf.directory);
    return module.exports;
  };

  private compile(name: string, text: string): vm.Script {
    const wrapped = `(function (exports, require, module, __filename, __dirname) {${text}\n})`;
    // Code that was made by another V8 or with other flags is refused by V8, and the text compiled.
    const script = new vm.Script(wrapped, { filename: name, cachedData: this.shelf.code(name) });
    this.scripts.set(name, script);
    return script;
  }
}
