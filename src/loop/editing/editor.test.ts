import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { badPod, catalogue, folderOf } from './editing.fixture.ts';
import { Editor, type EditorOptions } from './editor.ts';
import type { Notice } from './notice.ts';
import type { OpenText } from './open-text.ts';

/** An editor that writes down what it is shown. */
class Screen {
  readonly shown: { readonly text: OpenText; readonly notices: readonly Notice[] }[] = [];
  readonly files = new Map<string, readonly Notice[]>();
  readonly logged: string[] = [];
  readonly editor: Editor;
  private readonly folder: string;

  constructor(context: TestContext, folder: string, over: Partial<EditorOptions> = {}) {
    this.folder = folder;
    this.editor = new Editor({
      catalogue,
      settings: {},
      folders: [folder],
      readBytes: (absolute) => readFileSync(absolute),
      host: {
        show: (text, notices) => void this.shown.push({ text, notices }),
        showFile: (file, notices) => void this.files.set(file, notices),
        log: (message) => void this.logged.push(message),
      },
      ...over,
    });
    context.after(() => this.editor.stopAll());
  }

  type(name: string, text: string, version = 1): string {
    const file = path.join(this.folder, name);
    const uri = pathToFileURL(file).href;
    this.editor.update({ uri, file, version, text });
    return uri;
  }

  /** What was shown last about a text: the codes, or the messages of what has none. */
  last(uri: string): readonly string[] {
    const { notices } = this.shown.findLast(({ text }) => text.uri === uri)!;
    return notices.map(({ code, message }) => code ?? message);
  }

  /** Waits until something is so; the suite's time limit ends what never comes. */
  async until(isSo: () => boolean): Promise<void> {
    for (let i = 0; i < 6000 && !isSo(); i++) await sleep(10);
    assert.ok(
      isSo(),
      `it never came: ${JSON.stringify(this.shown.slice(-3).map(({ notices }) => notices.map(({ message }) => message)))} ${this.logged.join('\n')}`,
    );
  }
}

const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\n';
const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n';
const asking = badPod.replace('    image:', '    envFrom: [{configMapRef: {name: settings}}]\n    image:');

describe('an open text', () => {
  test('is judged, and once more after it has changed', async (context) => {
    const screen = new Screen(context, folderOf(context, {}));
    const uri = screen.type('pod.yaml', badPod);
    assert.ok((await screen.editor.judged(uri))!.notices.length > 0);
    assert.ok(screen.last(uri).includes('privileged-container'));
    screen.type('pod.yaml', badPod.replace('privileged: true', 'privileged: false'), 2);
    const judged = await screen.editor.judged(uri);
    assert.equal(judged!.text.version, 2);
    assert.ok(!screen.last(uri).includes('privileged-container'));
  });

  test('is judged once after several changes, in its last version', async (context) => {
    const screen = new Screen(context, folderOf(context, {}), { folders: [] });
    const uri = screen.type('pod.yaml', badPod);
    await screen.editor.judged(uri);
    const before = screen.shown.length;
    for (let version = 2; version <= 20; version++)
      screen.type('pod.yaml', `${badPod}# ${version}\n`, version);
    await screen.until(() => screen.shown.length > before);
    await sleep(100);
    assert.deepEqual(
      screen.shown.slice(before).map(({ text }) => text.version),
      [20],
    );
  });

  test('is answered about in the version that is asked for, also while it is judged', async (context) => {
    const screen = new Screen(context, folderOf(context, {}));
    const uri = screen.type('pod.yaml', `${badPod}---\n`.repeat(300));
    await sleep(5);
    screen.type('pod.yaml', badPod, 2);
    const [first, second] = await Promise.all([screen.editor.judged(uri), screen.editor.judged(uri)]);
    assert.equal(first!.text.version, 2);
    assert.equal(second, first);
  });

  test('that is closed is forgotten, and whoever waits for it gets an answer', async (context) => {
    const screen = new Screen(context, folderOf(context, {}));
    const uri = screen.type('pod.yaml', badPod);
    const answer = screen.editor.judged(uri);
    screen.editor.close(uri);
    assert.equal(await answer, undefined);
    assert.deepEqual(screen.last(uri), []);
    assert.equal(await screen.editor.judged(uri), undefined);
    screen.editor.close(uri);
  });

  test('that makes the program fail says so, and others are judged', async (context) => {
    const screen = new Screen(context, folderOf(context, {}), {
      readBytes: () => {
        throw new TypeError('not what was expected');
      },
    });
    const bad = screen.type('bad.yaml', badPod);
    Object.defineProperty(screen.editor, 'rulebook', {
      value: {
        for: () => {
          throw new Error('broken');
        },
        problems: [],
        usesPolicies: false,
      },
    });
    await screen.editor.judged(bad);
    assert.match(screen.last(bad)[0]!, /could not be judged.*broken/);
    assert.match(screen.logged[0]!, /broken/);
  });
});

describe('what is no manifest', () => {
  const files = {
    'chart/Chart.yaml': 'name: x\n',
    'kustomize/kustomization.yaml': 'patches: [{path: patch.yaml}]\n',
    '.scantling.yaml': 'exclude: [vendor]\n',
  };

  for (const name of [
    'chart/templates/pod.yaml',
    'kustomize/patch.yaml',
    'kustomize/kustomization.yaml',
    'vendor/pod.yaml',
  ]) {
    test(`${name} has nothing said about it`, async (context) => {
      const screen = new Screen(context, folderOf(context, files));
      const uri = screen.type(name, `{{- if .x }}\n${badPod}`);
      await screen.editor.judged(uri);
      assert.deepEqual(screen.last(uri), []);
    });
  }
});

describe('a configuration', () => {
  test('is read while it is being edited, and the others follow', async (context) => {
    const screen = new Screen(context, folderOf(context, { '.scantling.yaml': 'profile: essentials\n' }));
    const pod = screen.type('pod.yaml', badPod);
    await screen.editor.judged(pod);
    assert.ok(screen.last(pod).includes('privileged-container'));
    const uri = screen.type('.scantling.yaml', 'severity:\n  privileged-container: "off"\nfailon: low\n');
    await screen.until(() => !screen.last(pod).includes('privileged-container'));
    assert.deepEqual(
      (await screen.editor.judged(uri))!.notices.map(({ message }) => message),
      ['unknown key "failon"; did you mean "failOn"?'],
    );
    screen.editor.close(uri);
    await screen.until(() => screen.last(pod).includes('privileged-container'));
  });

  test('with mistakes is marked although nobody has opened it, until it is mended', async (context) => {
    const folder = folderOf(context, { '.scantling.yaml': 'profil: essentials\n' });
    const screen = new Screen(context, folder);
    const pod = screen.type('pod.yaml', badPod);
    await screen.editor.judged(pod);
    const file = `${folder}/.scantling.yaml`;
    assert.deepEqual(
      screen.files.get(file)!.map(({ location, message }) => `${location.endColumn} ${message}`),
      ['7 unknown key "profil"; did you mean "profile"?'],
    );
    writeFileSync(file, 'profile: essentials\n');
    screen.editor.changedOnDisk([{ file, isNew: false }]);
    await screen.until(() => screen.files.get(file)!.length === 0);
  });
});

test('other settings count at once for what is open', async (context) => {
  const screen = new Screen(context, folderOf(context, {}));
  const uri = screen.type('pod.yaml', badPod);
  await screen.editor.judged(uri);
  assert.ok(!screen.last(uri).includes('root-by-default'));
  screen.editor.configure({ profiles: ['all'] });
  assert.ok((await screen.editor.judged(uri))!.notices.some(({ code }) => code === 'root-by-default'));
});

test('the end answers whoever still waits', async (context) => {
  const screen = new Screen(context, folderOf(context, {}));
  const answer = screen.editor.judged(screen.type('pod.yaml', badPod));
  screen.editor.stopAll();
  assert.equal(await answer, undefined);
});

describe('other files', () => {
  const all = { settings: { profiles: ['all'] } };
  const isMissing = (screen: Screen, uri: string): boolean => screen.last(uri).includes('missing-config-map');

  test('are read in the background, and count when they are', async (context) => {
    const screen = new Screen(context, folderOf(context, { 'namespace.yaml': namespace }), all);
    const uri = screen.type('pod.yaml', asking);
    await screen.until(() => screen.shown.length > 0 && isMissing(screen, uri));
    assert.ok(!screen.shown[0]!.notices.some(({ code }) => code === 'missing-config-map'));
  });

  test('that are open count as they are written now', async (context) => {
    const screen = new Screen(context, folderOf(context, { 'namespace.yaml': namespace }), all);
    const uri = screen.type('pod.yaml', asking);
    await screen.until(() => screen.shown.length > 0 && isMissing(screen, uri));
    const other = screen.type('settings.yaml', configMap);
    await screen.until(() => !isMissing(screen, uri));
    screen.type('settings.yaml', configMap.replace('settings', 'others'), 2);
    await screen.until(() => isMissing(screen, uri));
    screen.editor.close(other);
  });

  test('change on the disk', async (context) => {
    const folder = folderOf(context, { 'namespace.yaml': namespace, 'settings.yaml': configMap });
    const screen = new Screen(context, folder, all);
    const uri = screen.type('pod.yaml', asking);
    const file = `${folder}/settings.yaml`;
    await screen.until(() => screen.shown.length > 1);
    assert.ok(!isMissing(screen, uri));
    writeFileSync(file, configMap.replace('settings', 'others'));
    screen.editor.changedOnDisk([{ file, isNew: false }]);
    await screen.until(() => isMissing(screen, uri));
    writeFileSync(file, configMap);
    screen.editor.changedOnDisk([{ file, isNew: false }]);
    await screen.until(() => !isMissing(screen, uri));
    rmSync(file);
    screen.editor.changedOnDisk([{ file, isNew: true }]);
    await screen.until(() => isMissing(screen, uri));
  });

  test('belong to the folders that are open', async (context) => {
    const folder = folderOf(context, { 'a/namespace.yaml': namespace });
    const screen = new Screen(context, folder, { ...all, folders: [] });
    const uri = screen.type('a/pod.yaml', asking);
    await screen.editor.judged(uri);
    assert.ok(!isMissing(screen, uri));
    screen.editor.open([`${folder}/a`]);
    await screen.until(() => isMissing(screen, uri));
    screen.editor.open([]);
    await screen.until(() => !isMissing(screen, uri));
  });
});
