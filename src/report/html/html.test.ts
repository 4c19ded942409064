import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Finding, Report } from '../../model/finding.ts';
import { sampleReport, sampleText } from '../sample.fixture.ts';
import { hostileOptions, hostileReport, hostileTexts, htmlOptions } from './hostile.fixture.ts';
import { html } from './html.ts';
import { defaultLimits, type HtmlOptions, type Limits } from './html-options.ts';
import { pageScript, pageStyle } from './page.generated.ts';

const page = (
  report: Report = sampleReport,
  options: HtmlOptions = htmlOptions,
  limits: Limits = defaultLimits,
): string => [...html(report, options, limits)].join('');

/** What is left of a page once its own script and style are taken out. */
const withoutOwn = (text: string): string =>
  text.replace(`<script>${pageScript}</script>`, '').replace(`<style>${pageStyle}</style>`, '');

/** The start tags of a page and whether its tags are balanced, with a reader that knows only what the writer may write. */
function tagsOf(text: string): { names: string[]; attributes: Set<string>; isBalanced: boolean } {
  const names: string[] = [];
  const attributes = new Set<string>();
  const open: string[] = [];
  let isBalanced = true;
  for (const [, slash, name, rest] of text.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:\s[^<>]*)?)>/g)) {
    if (slash === '/') isBalanced &&= open.pop() === name;
    else {
      names.push(name!);
      for (const [, attribute] of rest!.matchAll(/\s([a-z-]+)(?:="[^"]*")?/g)) attributes.add(attribute!);
      if (!['meta', 'link', 'input', 'br'].includes(name!)) open.push(name!);
    }
  }
  return { names, attributes, isBalanced: isBalanced && open.length === 0 };
}

describe('the page', () => {
  test('tells the whole report', () => {
    const text = page();
    assert.match(text, /^<!doctype html>\n<html lang="en">/);
    assert.match(text, /<h1>3 failures in 1 of 6 objects<\/h1>/);
    assert.match(text, /<b>exit 3<\/b>: a document could not be read, and findings at or above high/);
    assert.match(text, /container &quot;agent&quot; runs privileged &amp; &quot;unconfined&quot;/);
    assert.match(text, /<mark>privileged: true<\/mark>/);
    assert.match(text, /Accepted by an annotation: needs the devices/);
    assert.match(text, /the labels of namespace &quot;x&quot; are not in the input/);
    assert.match(text, /bad\.yaml:3:1<\/bdi> <span class="reason">a tab may not indent/);
    assert.match(text, /<bdi>chart<\/bdi>/);
    assert.match(text, /PSS baseline, CIS 1\.12 5\.2\.2/);
    assert.match(text, /kubescape C-0057/);
    assert.ok(tagsOf(withoutOwn(text)).isBalanced);
  });

  test('shows practices that fail, that nothing was to judge of, and that were not looked at', () => {
    const text = page();
    const row = (practice: string): string =>
      new RegExp(`<li[^>]*>(?:(?!</li>).)*${practice}.*?</li>`).exec(text)![0];
    assert.match(
      row('Linux security features'),
      /class="part fail".*class="part pass".*1 of 6 objects fails/,
    );
    assert.match(text, /<b>Nothing to judge here: <\/b>workload identity\.</);
    assert.match(
      text,
      /<b>Not looked at by the 2 controls of this scan: <\/b>TLS everywhere, etcd isolation, /,
    );
    const rows = text.match(/<span class="words">/g)!.length;
    const unjudged = [...text.matchAll(/<p class="unjudged"><b>[^<]*<\/b>([^<]*)<\/p>/g)];
    const named = unjudged.flatMap(([, names]) => names!.split(', '));
    assert.equal(rows + named.length, 19, 'every practice is somewhere');
  });

  test('an object that some control cannot tell of is no pass in the posture', () => {
    const [failing] = sampleReport.findings;
    const other = { apiVersion: 'v1', kind: 'Pod', namespace: '', name: 'other' };
    const unsure: Finding = { ...failing!, verdict: 'unknown', object: other, reason: 'r' };
    const text = page({ ...sampleReport, findings: [...sampleReport.findings, unsure] });
    assert.match(text, /1 of 6 objects fails, 1 unknown/);
  });

  test('loads nothing, and says so to the browser', () => {
    const text = page();
    const hash = (one: string): string => createHash('sha256').update(one).digest('base64');
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text)!;
    assert.ok(policy!.startsWith("default-src 'none'; "));
    assert.ok(policy!.includes(`script-src 'sha256-${hash(pageScript)}'`));
    assert.ok(policy!.includes(`style-src 'sha256-${hash(pageStyle)}'`));
    assert.ok(!policy!.includes('unsafe'));
    const { attributes, names } = tagsOf(withoutOwn(text));
    assert.ok(!attributes.has('src') && !attributes.has('style'));
    for (const name of ['img', 'iframe', 'object', 'embed', 'script', 'form action'])
      assert.ok(!names.includes(name), name);
    assert.doesNotMatch(pageStyle, /url\(|@import/);
    assert.doesNotMatch(
      pageScript,
      /fetch\(|XMLHttpRequest|innerHTML|insertAdjacentHTML|document\.write|eval\(/,
    );
  });

  test('a clean report says so', () => {
    const summary = {
      ...sampleReport.summary,
      failures: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
      exitCode: 0,
      exitReason: 'nothing that fails',
    } as const;
    const text = page({ ...sampleReport, findings: [], failures: [], problems: [], summary });
    assert.match(text, /<h1>No failures in 6 objects<\/h1>/);
    assert.match(text, /Nothing fails, and nothing is unknown/);
    assert.doesNotMatch(text, /id="problems"/);
    assert.doesNotMatch(withoutOwn(text), /<form/);
    assert.match(text, /2 controls with nothing to report/);
  });

  test('the ids of another tool stand beside ours', () => {
    assert.match(
      page(sampleReport, { ...htmlOptions, as: 'kubescape' }),
      /<\/bdi> \(C-0057\)<span class="title">/,
    );
  });
});

describe('fixes', () => {
  const diff = '--- a\n+++ b\n@@ -8,2 +8,1 @@\n     securityContext:\n-      privileged: true\n';
  const control = { ...sampleReport.controls['privileged-container']!, conceals: true };

  test('the diff with what may break, and how to apply it', () => {
    const text = page(sampleReport, {
      ...htmlOptions,
      fixOf: () => ({ kind: 'unsafe', note: 'devices are gone', diff }),
    });
    assert.match(text, /<del class="line">-      privileged: true\n<\/del>/);
    assert.match(text, /<span class="tag unsafe">unsafe<\/span>/);
    assert.match(text, /It may change behaviour: devices are gone/);
    assert.match(text, /scantling fix deploy --only privileged-container --diff --unsafe</);
    const safe = page(sampleReport, { ...htmlOptions, fixOf: () => ({ kind: 'safe', note: '', diff }) });
    assert.match(safe, /scantling fix deploy --only privileged-container --diff</);
  });

  test('how to apply it names what was scanned, as far as a shell takes it as it is', () => {
    const command = (...inputs: string[]): string => {
      const text = page(sampleReport, {
        ...htmlOptions,
        inputs,
        fixOf: () => ({ kind: 'safe', note: '', diff }),
      });
      return /<code>scantling fix([^<]*) --only /.exec(text)![1]!;
    };
    assert.equal(command('deploy', './a_b/x-1.yaml'), ' deploy ./a_b/x-1.yaml');
    assert.equal(command('.'), '');
    for (const name of ['a b', '$(reboot)', '*.yaml', 'a;b', "a'", '-', '-x', '<b>', '\n'])
      assert.equal(command('deploy', name), '', name);
  });

  test('why there is none', () => {
    const text = page(sampleReport, { ...htmlOptions, fixOf: () => 'only a person knows' });
    assert.match(text, /No automatic fix: only a person knows/);
    assert.doesNotMatch(text, /scantling fix/);
  });

  test('none for what is accepted or unknown, nor where a secret would be seen', () => {
    const asked: string[] = [];
    const fixOf = ({ control }: { control: string }): string => {
      asked.push(control);
      return 'no';
    };
    page(sampleReport, { ...htmlOptions, fixOf });
    assert.deepEqual(asked.sort(), ['host-path-volume', 'privileged-container']);
    asked.length = 0;
    const controls = { ...sampleReport.controls, 'privileged-container': control };
    page({ ...sampleReport, controls }, { ...htmlOptions, fixOf });
    assert.deepEqual(asked, ['host-path-volume']);
  });
});

describe('secrets', () => {
  test('what a control about secrets points at is shown nowhere', () => {
    const secret = 'correct-horse-battery';
    const source = (): string => sampleText.replaceAll('privileged: true', `password: "${secret}"`);
    const [first, second, third] = sampleReport.findings;
    const place = { ...first!.location!, column: 7, endColumn: 17 + secret.length + 2 };
    const findings: Finding[] = [
      { ...first!, control: 'known', location: place },
      {
        ...second!,
        message: `the value is ${secret}`,
        location: { ...second!.location!, line: 9, endLine: 12 },
      },
      third!,
    ];
    const conceals = { ...sampleReport.controls['privileged-container']!, conceals: true };
    const report = { ...sampleReport, findings, controls: { ...sampleReport.controls, known: conceals } };
    const failures = [{ ...sampleReport.failures[0]!, findings: [second!] }];
    const diff = `--- a\n+++ b\n@@ -1 +1 @@\n-password: "${secret}"\n+x\n`;
    const fixOf = (): { kind: 'safe'; note: string; diff: string } => ({ kind: 'safe', note: '', diff });
    const text = page({ ...report, failures }, { ...htmlOptions, source, fixOf });
    assert.ok(!text.includes(secret) && !text.includes('horse'));
    assert.match(text, /<mark>password: &quot;••••••••&quot;<\/mark>/);
  });
});

describe('large reports', () => {
  const [failing] = sampleReport.findings;
  const many = (number: number): Report => {
    const findings = Array.from({ length: number }, (_, i): Finding => ({
      ...failing!,
      object: { ...failing!.object, name: `pod-${i}` },
    }));
    const failures = findings.map((one) => ({
      ...sampleReport.failures[0]!,
      object: one.object,
      findings: [one],
    }));
    return { ...sampleReport, findings, failures };
  };

  test('some entries in full, others in a line, the rest is counted', () => {
    const limits = {
      ...defaultLimits,
      entries: 10,
      entriesOfControl: 4,
      lines: 20,
      fixes: 3,
      fixesOfControl: 2,
    };
    let fixes = 0;
    const fixOf = (): string => `no ${++fixes}`;
    const text = page(many(30), { ...htmlOptions, fixOf }, limits);
    assert.equal(text.match(/<li class="entry"/g)!.length, 4);
    assert.equal(fixes, 2);
    const [, lines] = /<details class="rest">.*?<pre>(.*?)<\/pre>/s.exec(text)!;
    assert.equal(lines!.split('\n').length, 20);
    assert.match(
      lines!,
      /^fail\tcritical\tPod\tkube-system\tpod-4\tdeploy\/agent\.yaml:9:7\tspec\.containers\[0\]/,
    );
    assert.match(text, /and 6 more, which are not in this file; -o json has them/);
  });

  test('the elements of one object', () => {
    const findings = Array.from({ length: 100 }, (_, i): Finding => ({ ...failing!, path: `spec.x[${i}]` }));
    const text = page({ ...sampleReport, findings, failures: [] });
    assert.equal(text.match(/<figure>/g)!.length, defaultLimits.frames);
    assert.match(text, /and 56 more in the same object/);
  });

  test('a hundred thousand findings are a file of some megabytes, made in pieces', () => {
    let size = 0;
    let largest = 0;
    for (const piece of html(many(100_000), htmlOptions)) {
      size += piece.length;
      largest = Math.max(largest, piece.length);
    }
    assert.ok(size < 30_000_000, `${size} characters`);
    assert.ok(size > 10_000_000, 'all of them are in it');
  });
});

describe('hostile texts', () => {
  const plain = tagsOf(withoutOwn(page(hostileReport('plain'), hostileOptions('plain'))));

  test('names and values stay text, whatever they hold', () => {
    for (const text of hostileTexts) {
      const written = withoutOwn(page(hostileReport(text), hostileOptions(text)));
      const { attributes, isBalanced, names } = tagsOf(written);
      assert.ok(isBalanced, text);
      assert.doesNotMatch(written, /<(?:script|img|svg onload|!--)/i, text);
      assert.doesNotMatch(
        written,
        /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
        text,
      );
      assert.doesNotMatch(written, /href="(?!https?:|#|data:image)/, text);
      for (const attribute of attributes)
        assert.ok(plain.attributes.has(attribute), `${attribute} of ${text}`);
      for (const name of names) assert.ok(name === 'a' || plain.names.includes(name), `${name} of ${text}`);
    }
  });

  test('any text', () => {
    const character = fc.constantFrom(...'<>"\'&/=-! abc\n\t\u2028\u202e`[]#');
    fc.assert(
      fc.property(
        fc.array(character, { maxLength: 40 }).map((all) => all.join('')),
        (text) => {
          const written = withoutOwn(page(hostileReport(text), hostileOptions(text)));
          const { attributes, isBalanced } = tagsOf(written);
          return isBalanced && [...attributes].every((one) => plain.attributes.has(one));
        },
      ),
      { numRuns: 200 },
    );
  });
});
