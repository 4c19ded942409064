import type { Report } from '../../model/finding.ts';
import { sampleOptions, sampleReport, sampleText } from '../sample.fixture.ts';
import type { HtmlOptions } from './html-options.ts';

/** Texts that would break out of markup, hide, or look like something else. */
export const hostileTexts: readonly string[] = [
  '</script><script>globalThis.harmed = 1</script>',
  '<img src=x onerror="globalThis.harmed = 1">',
  '"><svg onload=globalThis.harmed=1>',
  "' onmouseover='globalThis.harmed=1",
  '</style></pre></textarea></title><!--',
  '&lt;b&gt; &amp; &#60;',
  '\u2028\u2029',
  'web\u202egnp.exe\u202c',
  '\u0000\u0001\u001b[31m\u007f',
  '\ud800',
  'javascript:globalThis.harmed=1',
  '=',
  '__proto__',
];

export const htmlOptions: HtmlOptions = {
  source: sampleOptions.source,
  elapsedMilliseconds: 190,
  version: '1.2.3',
  inputs: ['deploy'],
  date: '2026-01-02',
};

/** A report with `text` wherever a report has text of others. */
export function hostileReport(text: string): Report {
  const findings = sampleReport.findings.map((finding) => ({
    ...finding,
    message: text,
    reason: text,
    path: text,
    object: { apiVersion: text, kind: text, namespace: text, name: text },
    location: finding.location && { ...finding.location, file: text },
    suppression: finding.suppression && { ...finding.suppression, reason: text, until: text },
  }));
  const control = { title: text, practice: 3, severity: 'high', why: text, fix: text } as const;
  const more = { frameworks: { [text]: [text] }, aliases: { [text]: [text] }, references: [text] };
  const own = { ...findings[0]!, control: text };
  return {
    ...sampleReport,
    controls: { ...sampleReport.controls, [text]: { ...control, ...more } },
    findings: [...findings, own],
    failures: [{ control: text, severity: 'high', object: own.object, findings: [own] }],
    problems: [{ file: text, line: 1, column: 1, severity: 'error', reason: text }],
    coverage: { ...sampleReport.coverage, renderingNeeded: [text], unknown: { [text]: 1 } },
    summary: { ...sampleReport.summary, exitReason: text },
    compliance: [
      {
        framework: text,
        title: text,
        url: text,
        answers: { pass: 0, fail: 1, 'not-applicable': 0, unknown: 0, 'not-covered': 0 },
        sections: [
          {
            id: text,
            title: text,
            requirements: [
              {
                id: text,
                title: text,
                assessment: 'automated',
                answer: 'fail',
                reason: text,
                controls: [text],
                failedBy: [text],
                objects: 1,
                failing: 1,
                accepted: 0,
              },
            ],
          },
        ],
      },
    ],
  };
}

/** Options where the files and the fixes hold `text` too. */
export function hostileOptions(text: string): HtmlOptions {
  return {
    ...htmlOptions,
    inputs: [text],
    source: () => sampleText.replaceAll('privileged: true', `privileged: true ${text}`),
    fixOf: () => ({ kind: 'unsafe', note: text, diff: `--- a\n+++ b\n@@ -1 +1 @@\n-${text}\n+${text}\n` }),
  };
}
