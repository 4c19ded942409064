import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ScanFinding, ScanReport } from './report.ts';
import { escape, formatSummary } from './summary.ts';

const finding = (over: Partial<ScanFinding> = {}): ScanFinding => ({
  control: 'privileged-container',
  severity: 'critical',
  verdict: 'fail',
  message: 'container "web" runs privileged',
  object: { kind: 'Pod', namespace: 'shop', name: 'web' },
  location: { file: 'deploy/web.yaml', line: 10 },
  suppression: null,
  ...over,
});

const report = (over: Partial<ScanReport> = {}): ScanReport => ({
  findings: [finding()],
  problems: [],
  coverage: { files: 1, objects: 2, unknown: {}, renderingNeeded: [] },
  summary: {
    failures: { critical: 1, high: 0, medium: 0, low: 0, info: 0 },
    suppressed: 0,
    posture: [
      { practice: 'admission control', objects: 2, failing: 1 },
      { practice: 'image scanning', objects: 0, failing: 0 },
    ],
    exitCode: 1,
    exitReason: '1 failure at or above high',
  },
  ...over,
});

const github = { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'a/b', GITHUB_SHA: 'c0ffee' };

describe('the summary of a run', () => {
  test('is what counts, the posture, and the findings with links to their lines', () => {
    assert.equal(
      formatSummary(report(), github),
      `## ❌ Scantling: 1 failure at or above high

| critical | high | medium | low | info |
|---|---|---|---|---|
| 1 | 0 | 0 | 0 | 0 |

Looked at 2 objects in 1 file; 0 suppressed.

### Posture

| practice | objects | failing |
|---|---|---|
| admission control | 2 | 1 |

### Findings

| severity | control | object | where | what |
|---|---|---|---|---|
| critical | privileged-container | Pod shop/web | [deploy/web.yaml:10](https://github.com/a/b/blob/c0ffee/deploy/web.yaml#L10) | container "web" runs privileged |

`,
    );
  });

  test('has the worst first and neither suppressed nor passed ones', () => {
    const findings = [
      finding({ severity: 'low', control: 'third' }),
      finding({ suppression: {}, control: 'accepted' }),
      finding({ verdict: 'unknown', control: 'unseen' }),
      finding({ severity: 'critical', control: 'first' }),
      finding({ severity: 'high', control: 'second' }),
    ];
    const text = formatSummary(report({ findings }), github);
    assert.deepEqual(
      [...text.matchAll(/\| (first|second|third|accepted|unseen) \|/g)].map(([, one]) => one),
      ['first', 'second', 'third'],
    );
  });

  test('of a clean run says so and lists nothing', () => {
    const { summary } = report();
    const clean = report({
      findings: [],
      summary: { ...summary, exitCode: 0, exitReason: 'nothing that fails', posture: [] },
    });
    const text = formatSummary(clean, github);
    assert.match(text, /^## ✅ Scantling: nothing that fails\n/);
    assert.doesNotMatch(text, /###/);
  });

  test('says what was not judged, what is unknown, and what needs rendering', () => {
    const text = formatSummary(
      report({
        problems: [
          { file: 'a.yaml', line: 3, reason: 'bad indentation' },
          { file: 'b.yaml', line: 0, reason: 'permission denied' },
        ],
        coverage: {
          files: 3,
          objects: 1,
          unknown: { 'it may exist elsewhere': 4 },
          renderingNeeded: ['charts/web'],
        },
      }),
      github,
    );
    assert.match(text, /### Not judged\n\n- a\.yaml:3: bad indentation\n- b\.yaml: permission denied\n/);
    assert.match(text, /### Unknown\n\n- 4: it may exist elsewhere\n/);
    assert.match(text, /### Needs rendering\n\n- charts\/web\n/);
  });

  test('stays short, whatever is found', () => {
    const many = formatSummary(
      report({
        findings: Array.from({ length: 5000 }, () => finding({ message: 'x'.repeat(5000) })),
        problems: Array.from({ length: 5000 }, () => ({ file: 'a', line: 1, reason: 'y'.repeat(5000) })),
      }),
      github,
    );
    assert.ok(many.length < 100_000, `${many.length} characters`);
    assert.match(many, /^4975 more; /m);
    assert.match(many, /^- 4975 more$/m);
  });

  test('has no links outside of GitHub, and none for standard input', () => {
    assert.match(formatSummary(report(), {}), /\| deploy\/web\.yaml:10 \|/);
    const piped = report({
      findings: [finding({ location: { file: '-', line: 1 } }), finding({ location: null })],
    });
    assert.doesNotMatch(formatSummary(piped, github), /blob/);
  });

  test('a file may have any name', () => {
    const odd = finding({ location: { file: "a (b)/c d'#?%.yaml", line: 2 } });
    const text = formatSummary(report({ findings: [odd] }), github);
    assert.match(
      text,
      /\(https:\/\/github\.com\/a\/b\/blob\/c0ffee\/a%20%28b%29\/c%20d%27%23%3F%25\.yaml#L2\)/,
    );
  });
});

describe('what manifests say', () => {
  test('is no Markdown, HTML, mention or link', () => {
    assert.equal(escape('a|b `c` **d** [e](f)'), 'a\\|b \\`c\\` \\*\\*d\\*\\* \\[e\\](f)');
    assert.equal(escape('<img src=x>&amp;'), '&lt;img src=x&gt;&amp;amp;');
    assert.equal(escape('@everyone'), '&#64;everyone');
    assert.doesNotMatch(escape('see https://example.com'), /https:\/\//);
    assert.equal(escape('a\\'), 'a\\\\');
  });

  test('stays in one line', () => {
    assert.equal(escape('a\n\n# b\r\n\u2028c\0d'), 'a \\# b c d');
  });

  test('is cut before it is escaped, so that no escape is cut in two', () => {
    assert.ok(escape('<'.repeat(1000)).endsWith('&lt;'));
    assert.equal(escape('|'.repeat(1000)).length, 1000);
  });
});
