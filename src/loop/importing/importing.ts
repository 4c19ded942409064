import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { collectManifests, type Manifest } from '../../collect/manifests.ts';
import { readError } from '../../collect/read-error.ts';
import { readNamed } from '../../collect/read-named.ts';
import { showPath } from '../../collect/walk.ts';
import { readPeerAnnotations } from '../../exceptions/peers/annotations.ts';
import {
  isCheckovBaseline,
  isCheckovConfiguration,
  readCheckovBaseline,
  readCheckovConfiguration,
} from '../../exceptions/peers/checkov.ts';
import { peerComments } from '../../exceptions/peers/comments.ts';
import type { Foreign, Peer } from '../../exceptions/peers/foreign-exception.ts';
import {
  isKubeLinterConfiguration,
  readKubeLinterConfiguration,
} from '../../exceptions/peers/kube-linter.ts';
import {
  isKubescapeExceptions,
  isSecurityException,
  readKubescapeExceptions,
  readSecurityException,
} from '../../exceptions/peers/kubescape.ts';
import { isPolicyException, readPolicyException } from '../../exceptions/peers/kyverno.ts';
import { isPolarisConfiguration, readPolarisConfiguration } from '../../exceptions/peers/polaris.ts';
import { isTrivyIgnore, readTrivyIgnore, readTrivyIgnoreYaml } from '../../exceptions/peers/trivy.ts';
import { podTemplatePath } from '../../kube/pod-template.ts';
import type { Exception } from '../../model/exception.ts';
import type { Json, Path } from '../../model/object.ts';
import { decode, type Document, locate, position, readDocuments } from '../../yaml/index.ts';
import { placeOf } from '../located.ts';
import { type Aliased, merged, translate } from './translate.ts';

/** Where exceptions are looked for, and how far they may be carried over. */
export interface ImportOptions {
  /** Files of other tools, manifests, folders, or `-`. */
  readonly inputs: readonly string[];
  readonly cwd: string;
  readonly stdin: () => Uint8Array;
  readonly controls: readonly Aliased[];
  /** Only exceptions of this tool. */
  readonly from: Peer | undefined;
  /** Whether limits that an exception cannot say are left away. */
  readonly widen: boolean;
  readonly today: string;
}

/** Something to tell about what was read, with its place. */
export interface Remark {
  readonly kind: 'left out' | 'widened' | 'error';
  readonly file: string;
  /** 0 where the whole file is meant. */
  readonly line: number;
  readonly column: number;
  readonly reason: string;
}

/** What became of the exceptions of other tools. */
export interface Imported {
  readonly exceptions: readonly Exception[];
  readonly remarks: readonly Remark[];
  /** How many exceptions of other tools were found, carried over or not. */
  readonly found: number;
}

/** Files of other tools that are looked for in a folder. */
const wellKnown = [
  '.trivyignore',
  '.trivyignore.yaml',
  '.trivyignore.yml',
  '.checkov.yaml',
  '.checkov.yml',
  '.checkov.baseline',
  '.kube-linter.yaml',
  '.kube-linter.yml',
];

/** Reads the exceptions of other tools and translates them; whatever cannot be carried over exactly is remarked on. */
export function importExceptions(options: ImportOptions): Imported {
  const importer = new Importer(options);
  for (const input of options.inputs) importer.input(input);
  return importer.result();
}

class Importer {
  private readonly options: ImportOptions;
  private readonly exceptions: Exception[] = [];
  private readonly remarks: Remark[] = [];
  private found = 0;

  constructor(options: ImportOptions) {
    this.options = options;
  }

  result(): Imported {
    return { exceptions: merged(this.exceptions), remarks: this.remarks, found: this.found };
  }

  input(input: string): void {
    const { cwd, stdin } = this.options;
    const absolute = path.resolve(cwd, input);
    const stat = input === '-' ? undefined : statSync(absolute, { throwIfNoEntry: false });
    if (stat?.isDirectory() === true) return this.folder(absolute);
    try {
      if (input === '-') this.bytes('-', stdin());
      else this.bytes(showPath(absolute, cwd), readNamed(absolute));
    } catch (error) {
      this.unread(input, error);
    }
  }

  private unread(file: string, error: unknown): void {
    const { code } = error as NodeJS.ErrnoException;
    this.remark('error', file, 0, 0, code === 'ENOENT' ? 'there is no such file' : readError(error));
  }

  private folder(absolute: string): void {
    const { cwd } = this.options;
    for (const name of wellKnown) {
      const file = path.join(absolute, name);
      try {
        // A folder of that name is no file of the tool's, and a pipe would be waited for.
        if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) continue;
        this.bytes(showPath(file, cwd), readFileSync(file));
      } catch (error) {
        this.unread(showPath(file, cwd), error);
      }
    }
    const { manifests, problems } = collectManifests([absolute], { cwd, exclude: [] });
    for (const { column, file, line, reason, severity } of problems) {
      if (severity === 'error') this.remark('error', file, line, column, reason);
    }
    this.manifests(manifests);
  }

  private trivyIgnore(file: string, bytes: Uint8Array): void {
    const foreign = readTrivyIgnore(decode(bytes).text);
    this.take(foreign, file, ([line]) => ({ line: Number(line ?? 0) + 1, column: 1 }));
  }

  private bytes(file: string, bytes: Uint8Array): void {
    if (path.basename(file) === '.trivyignore') {
      return this.trivyIgnore(file, bytes);
    }
    const documents = [...readDocuments(bytes)].filter((document) => !document.isEmpty);
    // On standard input there is no name to tell a list of ids by, but who names the tool has no other that is not YAML.
    if (file === '-' && this.options.from === 'trivy' && isPlain(decode(bytes).text))
      return this.trivyIgnore(file, bytes);
    const wrong = documents.flatMap((document) =>
      document.problems
        .filter(({ severity }) => severity === 'error')
        .map((problem) => ({ document, problem })),
    );
    for (const { document, problem } of wrong) {
      const { column, line } = position(document, problem.start);
      this.remark('error', file, line, column, problem.reason);
    }
    if (wrong.length > 0) return;
    const [first] = documents;
    const foreign = documents.length === 1 ? readFile(first!.value as Json) : undefined;
    if (foreign !== undefined) return this.take(foreign, file, placeIn(first!));
    const collected = collectManifests(['-'], { cwd: this.options.cwd, exclude: [], stdin: () => bytes });
    const named = collected.manifests.map((manifest) => ({
      ...manifest,
      origin: { ...manifest.origin, file },
    }));
    if (named.length === 0) {
      return this.remark('error', file, 0, 0, 'this is neither a file of exceptions nor a manifest');
    }
    this.manifests(named);
  }

  private manifests(manifests: readonly Manifest[]): void {
    const files = new Set<string>();
    for (const manifest of manifests) {
      const { origin, reference, value } = manifest;
      const foreign = isPolicyException(value)
        ? readPolicyException(value)
        : isSecurityException(value)
          ? readSecurityException(value)
          : readPeerAnnotations(reference, value, podTemplatePath(reference.apiVersion, reference.kind));
      this.take(foreign, origin.file, (at) => placeOf(manifest, at));
      if (files.has(origin.file)) continue;
      files.add(origin.file);
      for (const { check, column, line, tool } of peerComments(manifest.lines.text)) {
        if (this.isUnwanted(tool)) continue;
        this.found++;
        const reason = `this comment of ${tool} about ${check} holds for lines; an annotation ignore.scantling.dev/CONTROL holds for the object or one of its containers`;
        this.remark('left out', origin.file, line, column, reason);
      }
    }
  }

  private take(
    { exceptions, unread }: Foreign,
    file: string,
    place: (at: Path) => { readonly line: number; readonly column: number },
  ): void {
    const { controls, today, widen } = this.options;
    for (const one of exceptions) {
      if (this.isUnwanted(one.tool)) continue;
      this.found++;
      const { complaints, exception } = translate(one, controls, today, widen);
      if (exception !== undefined) this.exceptions.push(exception);
      for (const { kind, reason } of complaints) {
        const { column, line } = place(one.path);
        this.remark(kind, file, line, column, reason);
      }
    }
    for (const { path: at, reason, tool } of unread) {
      if (this.isUnwanted(tool)) continue;
      this.found++;
      const { column, line } = place(at);
      this.remark('left out', file, line, column, reason);
    }
  }

  private isUnwanted(tool: Peer): boolean {
    return this.options.from !== undefined && this.options.from !== tool;
  }

  private remark(kind: Remark['kind'], file: string, line: number, column: number, reason: string): void {
    this.remarks.push({ kind, file, line, column, reason });
  }
}

/** Reads a file that is no manifest; undefined where it is of no tool that we know. */
function readFile(value: Json): Foreign | undefined {
  if (isKubescapeExceptions(value)) return readKubescapeExceptions(value);
  if (isTrivyIgnore(value)) return readTrivyIgnoreYaml(value);
  if (isCheckovBaseline(value)) return readCheckovBaseline(value);
  if (isCheckovConfiguration(value)) return readCheckovConfiguration(value);
  if (isKubeLinterConfiguration(value)) return readKubeLinterConfiguration(value);
  if (isPolarisConfiguration(value)) return readPolarisConfiguration(value);
  return undefined;
}

function placeIn(document: Document): (at: Path) => { readonly line: number; readonly column: number } {
  return (at) => {
    const [place] = locate(document, [at]);
    return position(document, place!.span.start);
  };
}

/** Whether every line begins with a word or is a comment, and none is a key of YAML. */
function isPlain(text: string): boolean {
  const lines = text.split(/\r\n?|\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return lines.length > 0 && lines.every((line) => /^\w/.test(line) && !/:(?:\s|$)/.test(line));
}
