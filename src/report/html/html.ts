import { createHash } from 'node:crypto';
import type { Report } from '../../model/finding.ts';
import { complianceView } from './compliance-view.ts';
import { colophon, coverageView, problemsView, silentView } from './coverage-view.ts';
import { groupEntries } from './entry.ts';
import { filterForm } from './filter-form.ts';
import { groupView, type Views } from './group-view.ts';
import { defaultLimits, type HtmlOptions, type Limits } from './html-options.ts';
import { h, type Markup, toHtml } from './markup.ts';
import { overview } from './overview.ts';
import { pageScript, pageStyle } from './page.generated.ts';
import { postureView } from './posture-view.ts';
import { concealer } from './secrets.ts';
import { Sources } from './sources.ts';

/**
 * The report as one HTML file that loads nothing: readable without its script, which adds filter and search. Of a large
 * report some entries are shown in full, the others in one line each, and what goes beyond the limits is counted.
 * Yields pieces, so that the file need not be held as one string.
 */
export function* html(
  report: Report,
  options: HtmlOptions,
  limits: Limits = defaultLimits,
): Generator<string> {
  const sources = new Sources(options);
  const groups = groupEntries(report);
  const views: Views = {
    options,
    limits: { ...limits, entriesOfControl: fairShare(groups.length, limits) },
    sources,
    conceal: concealer(report, sources),
    left: { entries: limits.entries, fixes: limits.fixes, lines: limits.lines },
  };
  const problems = problemsView(report, limits);
  const compliance = complianceView(report);
  yield `<!doctype html>\n<html lang="en">\n${head(report)}\n<body>\n`;
  yield `<a class="skip" href="#findings">Skip to the findings</a>\n${toHtml(overview(report, options))}\n`;
  yield `${toHtml(contents(compliance !== undefined, problems !== undefined))}\n<main>\n`;
  for (const part of [postureView(report), problems, compliance]) yield `${toHtml(part)}\n`;
  yield '<section id="findings" aria-labelledby="findings-title">\n';
  yield `${toHtml(h('h2', { id: 'findings-title', tabindex: -1 }, 'Findings'))}\n`;
  if (groups.length > 0) {
    yield `<div class="findings">\n${toHtml(filterForm(groups))}\n<div class="list">\n${toHtml(tools())}\n`;
    for (const [i, group] of groups.entries()) yield `${toHtml(groupView(group, i === 0, views))}\n`;
    yield '</div>\n</div>\n';
  } else yield `${toHtml(h('p', { class: 'nothing' }, 'Nothing fails, and nothing is unknown.'))}\n`;
  yield `${toHtml(silentView(report))}\n</section>\n${toHtml(coverageView(report))}\n</main>\n`;
  yield `${toHtml(colophon(options))}\n<script>${pageScript}</script>\n</body>\n</html>\n`;
}

/** No control takes the whole page; each gets a few entries in full. */
function fairShare(groups: number, { entries, entriesOfControl }: Limits): number {
  return Math.max(1, Math.min(entriesOfControl, Math.floor(entries / Math.max(1, groups))));
}

/**
 * What the browser may do with the page: run the one script and style in it, and nothing else. No text can become markup
 * in it either. Source: W3C CSP Level 3, "Usage of hashes"; W3C Trusted Types.
 */
function policy(): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return [
    "default-src 'none'",
    `script-src ${hash(pageScript)}`,
    `style-src ${hash(pageStyle)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** A small square of the page's red, so that the tab is found. */
const icon =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><path fill='%239f2f3f' d='M1 3h14v3H1zM1 8h9v3H1zM1 13h5v2H1z'/></svg>";

function head({ summary }: Report): string {
  const title = `Scantling: ${summary.exitReason}`;
  return [
    '<head>',
    '<meta charset="utf-8">',
    toHtml(h('meta', { 'http-equiv': 'Content-Security-Policy', content: policy() })),
    toHtml(h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' })),
    toHtml(h('meta', { name: 'referrer', content: 'no-referrer' })),
    toHtml(h('meta', { name: 'color-scheme', content: 'light dark' })),
    toHtml(h('title', {}, title)),
    toHtml(h('link', { rel: 'icon', href: icon })),
    `<style>${pageStyle}</style>`,
    '</head>',
  ].join('\n');
}

function contents(hasCompliance: boolean, hasProblems: boolean): Markup {
  const parts: [string, string][] = [
    ['posture', 'Posture'],
    ...(hasProblems ? [['problems', 'Problems'] as [string, string]] : []),
    ...(hasCompliance ? [['compliance', 'Compliance'] as [string, string]] : []),
    ['findings', 'Findings'],
    ['coverage', 'Coverage'],
  ];
  const items = parts.map(([id, words]) => h('li', {}, h('a', { href: `#${id}` }, words)));
  return h('nav', { 'aria-label': 'On this page' }, h('ul', {}, ...items));
}

/** What the script shows above the list: how much of it is seen, and two buttons. */
function tools(): Markup {
  return h(
    'div',
    { class: 'tools', hidden: true },
    h('p', { id: 'shown', role: 'status' }),
    h('button', { type: 'button', id: 'open-all' }, 'Open all'),
    h('button', { type: 'button', id: 'close-all' }, 'Close all'),
  );
}
