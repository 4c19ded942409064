import path from 'node:path';
import type { Catalogue } from '../../catalogue/catalogue.ts';
import type { MinorVersion } from '../../catalogue/versions.ts';
import { isKustomizationFile, Rendering } from '../../collect/rendering.ts';
import { configurationName } from '../../config/discover.ts';
import { groupBy } from '../../model/group-by.ts';
import type { JsonObject } from '../../model/object.ts';
import { LineIndex } from '../../yaml/index.ts';
import { type JudgedText, judgeText, unjudgedText } from './judge-text.ts';
import { Neighbours } from './neighbours.ts';
import { type Notice, problemNotice } from './notice.ts';
import { isConfiguration, nameOf, type OpenText } from './open-text.ts';
import { type Interest, Pace } from './pace.ts';
import { Rulebook } from './rulebook.ts';

/** What an editor does with what is found. */
export interface EditorHost {
  /** Shows what there is to say of a version of an open text; all that was said before about the text is forgotten. */
  show(text: OpenText, notices: readonly Notice[]): void;
  /** The same for a file (absolute, with `/`) that nobody has opened. */
  showFile(file: string, notices: readonly Notice[]): void;
  /** For the person who looks for what went wrong. */
  log(message: string): void;
}

/** What wins over the configurations of the files. */
export interface EditorSettings {
  readonly profiles?: readonly string[] | undefined;
  readonly kubernetesVersion?: MinorVersion | undefined;
  /** The configuration (absolute) of every file. */
  readonly config?: string | undefined;
  /** Also mark what is unknown. */
  readonly unknown?: boolean | undefined;
}

/** What an editor is started with. */
export interface EditorOptions {
  readonly catalogue: Catalogue;
  readonly settings: EditorSettings;
  /** Folders (absolute) that are open. */
  readonly folders: readonly string[];
  /** Reads a file of the disk. Throws as `readFileSync` does. */
  readonly readBytes: (absolute: string) => Uint8Array;
  readonly host: EditorHost;
}

/** Milliseconds without a change before a text is judged: as long as the last time took, between these. */
const shortestWait = 20;
const longestWait = 1000;
/** What all objects together show may wait until a hand rests. */
const waitForOthers = 300;

/** An open text and how far it has been judged. */
interface Desk {
  text: OpenText;
  judged: JudgedText | undefined;
  /** Whether `judged` is about `text` and everything else as it is now. */
  isCurrent: boolean;
  interest: Interest & { isGone: boolean };
  timer: NodeJS.Timeout | undefined;
  lastCost: number;
  readonly waiting: ((judged: JudgedText | undefined) => void)[];
}

/**
 * Judges texts while they are edited: each a short while after its last change, and again when something changes that it
 * is judged by or among. Nothing here throws; what goes wrong inside becomes a notice.
 */
export class Editor {
  private readonly options: EditorOptions;
  private readonly desks = new Map<string, Desk>();
  private readonly shownFiles = new Set<string>();
  private folders: readonly string[];
  private settings: EditorSettings;
  private rulebook: Rulebook;
  private rendering = new Rendering();
  private neighbours: Neighbours;
  private reading: Interest & { isGone: boolean } = { isGone: true };

  constructor(options: EditorOptions) {
    this.options = options;
    this.folders = options.folders;
    this.settings = options.settings;
    this.rulebook = this.newRulebook();
    this.neighbours = this.newNeighbours();
  }

  /** Takes a text that was opened or changed. */
  update(text: OpenText): void {
    const known = this.desks.get(text.uri);
    const desk = known ?? newDesk(text);
    desk.text = text;
    if (known === undefined) this.desks.set(text.uri, desk);
    if (isConfiguration(text)) return this.forgetRules();
    this.schedule(desk, known === undefined ? 0 : clamp(desk.lastCost, shortestWait, longestWait));
  }

  close(uri: string): void {
    const desk = this.desks.get(uri);
    if (desk === undefined) return;
    this.desks.delete(uri);
    this.stop(desk);
    for (const answer of desk.waiting.splice(0)) answer(undefined);
    this.options.host.show(desk.text, []);
    const { file } = desk.text;
    if (file === undefined) return;
    // What was not saved is gone.
    if (isConfiguration(desk.text)) this.forgetRules();
    else this.changedOnDisk([{ file, isNew: false }]);
  }

  /** What there is to say about the newest version of a text; undefined where it is not open. */
  judged(uri: string): Promise<JudgedText | undefined> {
    const desk = this.desks.get(uri);
    if (desk === undefined) return Promise.resolve(undefined);
    if (desk.isCurrent) return Promise.resolve(desk.judged);
    if (desk.timer !== undefined) this.schedule(desk, 0);
    return new Promise((resolve) => desk.waiting.push(resolve));
  }

  /** The rules that count for a text. */
  rulesFor(text: OpenText): ReturnType<Rulebook['for']> {
    return this.rulebook.for(text.file);
  }

  /** The CustomResourceDefinitions in the other files of the folders. */
  definitionsFor({ file }: OpenText): readonly JsonObject[] {
    return this.neighbours
      .others(file)
      .manifests.filter(({ reference }) => reference.kind === 'CustomResourceDefinition')
      .map(({ value }) => value);
  }

  /** Takes other settings than before. */
  configure(settings: EditorSettings): void {
    this.settings = settings;
    this.forgetRules();
  }

  /** Takes other folders than before. */
  open(folders: readonly string[]): void {
    this.folders = folders;
    this.forgetNeighbours();
  }

  /** Takes what changed on the disk, under absolute paths; `isNew` where a file was made or deleted. */
  changedOnDisk(changes: readonly { readonly file: string; readonly isNew: boolean }[]): void {
    const closed = changes.filter(({ file }) => !this.isOpen(file));
    if (closed.length === 0) return;
    if (closed.some(({ file }) => path.basename(file) === configurationName)) return this.forgetRules();
    const isShape = ({ file, isNew }: { file: string; isNew: boolean }): boolean =>
      isNew || shapes.has(path.basename(file)) || isKustomizationFile(file);
    if (closed.some(isShape)) {
      this.rendering = new Rendering();
      return this.forgetNeighbours();
    }
    if (this.rulebook.usesPolicies) return this.forgetRules();
    for (const { file } of closed) this.neighbours.refresh(file);
    this.judgeDeriving(undefined);
  }

  /** Ends all work; whoever waits for some of it is answered. */
  stopAll(): void {
    for (const desk of this.desks.values()) {
      this.stop(desk);
      for (const answer of desk.waiting.splice(0)) answer(undefined);
    }
    this.reading.isGone = true;
  }

  private isOpen(file: string): boolean {
    return [...this.desks.values()].some(({ text }) => text.file === file);
  }

  private newRulebook(): Rulebook {
    const readBytes = (absolute: string): Uint8Array => {
      for (const { text } of this.desks.values()) if (text.file === absolute) return Buffer.from(text.text);
      return this.options.readBytes(absolute);
    };
    const { catalogue } = this.options;
    const { config, kubernetesVersion: version, profiles } = this.settings;
    return new Rulebook({ catalogue, profiles, version, config, readBytes });
  }

  private newNeighbours(): Neighbours {
    return new Neighbours(this.folders, (file) => !this.rulebook.for(file).isExcluded);
  }

  private forgetRules(): void {
    this.rulebook = this.newRulebook();
    this.forgetNeighbours();
  }

  private forgetNeighbours(): void {
    this.reading.isGone = true;
    this.neighbours = this.newNeighbours();
    for (const desk of this.desks.values()) this.schedule(desk, shortestWait);
  }

  private stop(desk: Desk): void {
    clearTimeout(desk.timer);
    desk.timer = undefined;
    desk.interest.isGone = true;
  }

  private schedule(desk: Desk, wait: number): void {
    this.stop(desk);
    desk.isCurrent = false;
    desk.timer = setTimeout(() => {
      desk.timer = undefined;
      this.run(desk).catch((error) => this.options.host.log((error as Error).stack ?? String(error)));
    }, wait);
  }

  private async run(desk: Desk): Promise<void> {
    const { text } = desk;
    const interest = (desk.interest = { isGone: false });
    const started = performance.now();
    const judged = await this.judge(text, interest);
    if (judged === undefined || interest.isGone) return;
    desk.lastCost = performance.now() - started;
    desk.judged = judged;
    desk.isCurrent = true;
    this.options.host.show(text, judged.notices);
    for (const answer of desk.waiting.splice(0)) answer(judged);
    this.showOtherFiles();
    this.takeIn(judged);
  }

  private async judge(text: OpenText, interest: Interest): Promise<JudgedText | undefined> {
    const today = new Date().toISOString().slice(0, 10);
    try {
      if (isConfiguration(text)) {
        const lines = new LineIndex(text.text);
        const problems = this.rulebook.problemsOf(text.file!, today);
        return unjudgedText(
          text,
          problems.map((one) => problemNotice(one, lines)),
        );
      }
      const rules = this.rulebook.for(text.file);
      if (rules.isExcluded || this.isRendered(text.file)) return unjudgedText(text);
      const { neighbours, rulebook } = this;
      return await judgeText(
        text,
        { rulebook, rules, neighbours, today, unknown: this.settings.unknown },
        new Pace(interest),
      );
    } catch (error) {
      this.options.host.log(`${text.uri}: ${(error as Error).stack ?? String(error)}`);
      return unjudgedText(text, [brokenNotice(text, error)]);
    }
  }

  /** Whether a file is no manifest but what one is made of: part of a chart, a patch, a kustomization. */
  private isRendered(file: string | undefined): boolean {
    return file !== undefined && (isKustomizationFile(file) || this.rendering.folderFor(file) !== undefined);
  }

  /** Lets the other texts know what stands in this one. */
  private takeIn({ derives, extracts, manifests, text }: JudgedText): void {
    if (text.file === undefined || isConfiguration(text)) return;
    if (!this.isRendered(text.file) && !this.rulebook.for(text.file).isExcluded) {
      if (this.neighbours.put(text.file, manifests, extracts)) this.judgeDeriving(text.uri);
    }
    if (derives && this.reading.isGone && !this.neighbours.isRead) void this.readNeighbours();
  }

  private async readNeighbours(): Promise<void> {
    const reading = (this.reading = { isGone: false });
    const { neighbours } = this;
    try {
      await neighbours.read(new Pace(reading));
    } catch (error) {
      this.options.host.log(`the folders cannot be read: ${(error as Error).stack ?? String(error)}`);
    }
    if (!reading.isGone) this.judgeDeriving(undefined);
  }

  /** Judges those texts again, but for one, about which other files tell something. */
  private judgeDeriving(except: string | undefined): void {
    for (const [uri, desk] of this.desks) {
      if (uri === except || desk.judged?.derives === false || desk.timer !== undefined) continue;
      this.schedule(desk, waitForOthers);
    }
  }

  /** What is wrong with configurations and policies that nobody has opened, which others are judged by. */
  private showOtherFiles(): void {
    const byFile = groupBy(this.rulebook.problems, ({ file }) => file);
    for (const file of new Set([...byFile.keys(), ...this.shownFiles])) {
      const isOpen = [...this.desks.values()].some(({ text }) => nameOf(text) === file);
      const problems = isOpen ? [] : (byFile.get(file) ?? []);
      if (problems.length === 0 && !this.shownFiles.delete(file)) continue;
      if (problems.length > 0) this.shownFiles.add(file);
      if (isOpen) continue;
      const lines = new LineIndex(this.textOf(file));
      this.options.host.showFile(
        file,
        problems.map((one) => problemNotice(one, lines)),
      );
    }
  }

  private textOf(file: string): string {
    try {
      return Buffer.from(this.options.readBytes(file)).toString();
    } catch {
      return '';
    }
  }
}

/** Files that say which others are manifests. */
const shapes = new Set(['Chart.yaml', '.gitignore']);

function newDesk(text: OpenText): Desk {
  return {
    text,
    judged: undefined,
    isCurrent: false,
    interest: { isGone: true },
    timer: undefined,
    lastCost: 0,
    waiting: [],
  };
}

function brokenNotice(text: OpenText, error: unknown): Notice {
  return {
    location: { file: nameOf(text), line: 1, column: 1, endLine: 1, endColumn: 1 },
    loudness: 'error',
    code: undefined,
    href: undefined,
    message: `this could not be judged: something is wrong inside scantling, please report it: ${String(error)}`,
    related: [],
  };
}

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
