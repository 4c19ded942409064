import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { writeManifests } from '../../bench/manifests.ts';
import { hostileOptions, hostileReport, hostileTexts } from '../../src/report/html/hostile.fixture.ts';
import { html } from '../../src/report/html/html.ts';
import { type JsonReport, run } from '../golden/program.ts';
import { findChromium } from './chromium.ts';
import { Tab } from './devtools.ts';

const root = path.join(import.meta.dirname, '../..');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core says, as far as it is read here. */
interface AxeResults {
  readonly passes: readonly { readonly id: string }[];
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** Where pictures are left for a person to look at; none are made where nothing is named. */
const pictures = process.env['PICTURES'];

const desktop = { width: 1280, height: 1000 };
const phone = { width: 400, height: 850 };

const chromium = await findChromium();

if (chromium === undefined) {
  console.warn('SKIPPED, NOT PROVED: there is no Chromium; CHROMIUM names one');
  test('the HTML report in a real Chromium', { skip: 'there is no Chromium' });
} else {
  describe('the HTML report in a real Chromium', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'scantling-html-'));
    const file = (name: string): string => path.join(folder, `${name}.html`);
    let tab: Tab;
    /** What the page of the shop has to count. */
    let failures: Readonly<Record<string, number>> = {};

    before(async () => {
      const shop = ['scan', 'examples/shop', '-p', 'all,cis-1.12'];
      const { out } = await run([...shop, '-o', `html=${file('shop')}`, '-o', 'json'], { cwd: root });
      ({ failures } = (JSON.parse(out) as JsonReport).summary);
      assert.ok(failures['critical']! > 2 && failures['high']! > 2);
      writeManifests(path.join(folder, 'many'), 300);
      await run(['scan', 'many', '-p', 'all', '-o', `html=${file('many')}`], { cwd: folder });
      tab = await Tab.open(chromium);
    });

    after(async () => {
      await tab.close();
      rmSync(folder, { recursive: true, force: true });
    });

    /** Opens a page afresh, in a window and a scheme. */
    async function open(
      name: string,
      how: { size?: typeof desktop; dark?: boolean; hash?: string; media?: string } = {},
    ) {
      const { dark = false, hash = '', media = '', size = desktop } = how;
      const scheme = { name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' };
      await tab.ask('Emulation.setEmulatedMedia', { media, features: [scheme] });
      await tab.ask('Emulation.setDeviceMetricsOverride', { ...size, deviceScaleFactor: 1, mobile: false });
      await tab.show('about:blank');
      tab.events.length = 0;
      await tab.show(`${pathToFileURL(file(name)).href}${hash}`);
    }

    /** What the browser complained of since the page was opened: errors, refused loads, the policy. */
    const complaints = (): string[] =>
      tab.events
        .filter(({ method }) =>
          ['Log.entryAdded', 'Runtime.consoleAPICalled', 'Runtime.exceptionThrown'].includes(method),
        )
        .map(({ params }) => JSON.stringify(params));

    /** What the page asked for, but for itself. */
    const requests = (): string[] =>
      tab.events
        .filter(({ method }) => method === 'Network.requestWillBeSent')
        .map(({ params }) => params.request.url as string)
        .filter((url) => !url.startsWith('data:') && !/\/\w+\.html(?:#.*)?$/.test(url));

    const shown = (): Promise<string> => tab.evaluate<string>(`document.getElementById('shown').textContent`);
    const visible = (selector: string): Promise<number> =>
      tab.evaluate(
        `[...document.querySelectorAll('${selector}')].filter((one) => one.checkVisibility()).length`,
      );

    /** Waits until the page shows what a test is about; a search waits for the next key. */
    async function until(expression: string): Promise<void> {
      const end = Date.now() + 10_000;
      while (!(await tab.evaluate<boolean>(expression))) {
        if (Date.now() > end) assert.fail(`never: ${expression}; shown: ${await shown()}`);
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    }

    function keep(name: string, data: Buffer): void {
      if (pictures === undefined) return;
      mkdirSync(pictures, { recursive: true });
      writeFileSync(path.join(pictures, name), data);
    }

    test('loads nothing, and the browser has nothing to complain of', async () => {
      await open('shop');
      assert.match(await shown(), /^\d+ results of \d+ controls$/);
      assert.deepEqual(complaints(), []);
      assert.deepEqual(requests(), []);
      assert.equal(await tab.evaluate(`performance.getEntriesByType('resource').length`), 0);
    });

    test('the policy holds: no other script, no style, no markup from text', async () => {
      await open('shop');
      const violated = `new Promise((resolve) => {
        const seen = [];
        addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective));
        const script = document.createElement('script');
        try { script.textContent = 'globalThis.harmed = 1'; } catch (error) { seen.push(error.name); }
        try { document.body.innerHTML = '<b>x</b>'; } catch (error) { seen.push(error.name); }
        document.body.setAttribute('style', 'color: red');
        const image = new Image();
        image.src = 'https://example.com/x.png';
        setTimeout(() => resolve([globalThis.harmed, ...new Set(seen)]), 200);
      })`;
      const [harmed, ...seen] = await tab.evaluate<unknown[]>(violated);
      assert.equal(harmed, null);
      for (const one of ['TypeError', 'style-src-attr', 'img-src'])
        assert.ok(seen.includes(one), `${one}: ${seen}`);
    });

    test('filters by severity, verdict, practice, namespace, kind, and counts', async () => {
      await open('shop');
      const all = await visible('details.control');
      await tab.evaluate(`document.querySelector('input[value=critical]').click()`);
      assert.match(await shown(), new RegExp(`^${failures['critical']} of \\d+ results, of \\d+ controls$`));
      assert.ok((await visible('details.control')) < all);
      assert.equal(await tab.evaluate('location.hash'), '#severity=critical');
      const counted = (what: string): Promise<string> =>
        tab.evaluate<string>(`document.querySelector('[data-count="${what}"]').textContent`);
      assert.equal(await counted('status=fail'), String(failures['critical']));
      await tab.evaluate(`document.querySelector('input[value=fail]').click()`);
      assert.equal(await counted('severity=high'), String(failures['high']));
      const choose = (name: string, value: string): Promise<unknown> =>
        tab.evaluate(`(() => {
          const select = document.getElementById('${name}');
          select.value = '=${value}';
          select.dispatchEvent(new Event('change', { bubbles: true }));
        })()`);
      await choose('kind', 'StatefulSet');
      assert.match(await shown(), /^1 of \d+ results, of 1 control$/);
      assert.equal(await visible('.entry'), 1, 'what little is left is opened');
      await choose('practice', '7');
      assert.match(await shown(), /^Nothing of \d+ results matches$/);
      await tab.evaluate(`document.querySelector('button[type=reset]').click()`);
      await until(`location.hash === ''`);
      assert.equal(await visible('details.control'), all);
      await tab.evaluate(`document.querySelector('input[value=accepted]').click()`);
      assert.match(await shown(), /^1 of/);
      assert.equal(await visible('.suppression'), 1);
      await choose('namespace', '');
      assert.match(await shown(), /^Nothing of/);
    });

    test('searches everything, by keys', async () => {
      await open('shop');
      await tab.evaluate(`document.getElementById('search').focus()`);
      await tab.press(...'Docker.SOCK');
      await until(`/^\\d+ of/.test(document.getElementById('shown').textContent)`);
      assert.ok((await visible('mark')) > 0);
      const found = await tab.evaluate<string[]>(
        `[...document.querySelectorAll('details.control')].filter((one) => one.checkVisibility()).map((one) => one.id)`,
      );
      assert.ok(found.includes('control-container-runtime-socket'), String(found));
      assert.equal(await tab.evaluate('location.hash'), '#q=Docker.SOCK');
      await open('shop', { hash: '#q=C-0057' });
      assert.match(await shown(), /of 1 control$/, 'by the id of another tool');
    });

    test('its address is its state', async () => {
      await open('shop', { hash: '#severity=critical,high&verdict=fail&practice=5&q=role' });
      assert.match(await shown(), /^[1-9]\d* of/);
      assert.equal(await tab.evaluate(`document.querySelectorAll('input:checked').length`), 3);
      assert.equal(await tab.evaluate(`document.getElementById('practice').value`), '=5');
      await tab.evaluate(`document.querySelector('a[href="#practice=11"]').click()`);
      await until(`document.getElementById('practice').value === '=11'`);
      assert.equal(await tab.evaluate(`document.getElementById('search').value`), '');
      await open('shop', { hash: '#severity=nonsense&kind=None&__proto__=x' });
      assert.deepEqual(complaints(), []);
    });

    test('a link to a control opens it, whatever the filter', async () => {
      await open('shop', { hash: '#severity=low' });
      await tab.evaluate(`location.hash = 'control-privileged-container'`);
      await until(`document.getElementById('control-privileged-container').open`);
      assert.equal(
        await tab.evaluate('document.activeElement.parentElement.id'),
        'control-privileged-container',
      );
      assert.equal(await visible('#control-privileged-container .entry'), 1);
    });

    test('everything can be reached and opened by keys', async () => {
      await open('shop');
      const reached: string[] = [];
      for (let i = 0; i < 60; i++) {
        await tab.press('Tab');
        reached.push(
          await tab.evaluate<string>(
            `(({ tagName, id, name, className, href }) => [tagName, id || name || className || href].join(' '))(document.activeElement)`,
          ),
        );
      }
      assert.match(reached[0]!, /^A skip/);
      for (const one of [
        'INPUT search',
        'INPUT severity',
        'INPUT status',
        'SELECT practice',
        'BUTTON open-all',
        'SUMMARY ',
      ])
        assert.ok(
          reached.some((name) => name.startsWith(one)),
          `${one} in ${reached.join(', ')}`,
        );
      const outline = `getComputedStyle(document.activeElement).outlineStyle`;
      assert.equal(await tab.evaluate(outline), 'solid', 'what has the focus is seen');
      await open('shop', { hash: '#control-privileged-container' });
      assert.equal(await tab.evaluate(`document.getElementById('control-privileged-container').open`), true);
      await tab.press('Tab', 'Enter');
      assert.equal(await tab.evaluate(`document.getElementById('control-privileged-container').open`), false);
    });

    test('of many results the rest is put on the page when it is asked for', async () => {
      await open('many');
      const control = `[...document.querySelectorAll('details.control')].find((one) => one.querySelector('.more'))`;
      await tab.evaluate(`${control}.open = true`);
      await until(`${control}.querySelector('.more').checkVisibility()`);
      const before = await tab.evaluate<number>(`${control}.querySelectorAll('.entry').length`);
      await tab.evaluate(`${control}.querySelector('.more').focus()`);
      await tab.press('Enter');
      const after = await tab.evaluate<number>(`${control}.querySelectorAll('.entry').length`);
      assert.ok(after > before, `${before} and then ${after}`);
      assert.equal(
        await tab.evaluate('document.activeElement.className'),
        'entry',
        'reading goes on where it was',
      );
      assert.deepEqual(complaints(), []);
    });

    test('without scripts everything is there and nothing that needs one', async () => {
      await tab.ask('Emulation.setScriptExecutionDisabled', { value: true });
      await open('shop');
      await tab.ask('Emulation.setScriptExecutionDisabled', { value: false });
      assert.equal(await visible('form, .tools'), 0);
      assert.ok((await visible('details.control')) > 50);
      const text = await tab.evaluate<string>('document.body.textContent');
      for (const words of ['path: /var/run/docker.sock', 'No automatic fix', 'accepted'])
        assert.ok(text.includes(words));
      await open('many');
      const listed = `document.querySelector('.rest pre')`;
      assert.equal(await tab.evaluate(`${listed} === null`), true, 'with them the script has taken it over');
      await tab.ask('Emulation.setScriptExecutionDisabled', { value: true });
      await open('many', { media: 'print' });
      await tab.ask('Emulation.setScriptExecutionDisabled', { value: false });
      assert.ok(await tab.evaluate<number>(`${listed}.textContent.length`));
      assert.equal(await visible('.rest pre'), 0);
      const after = `getComputedStyle(document.querySelector('.rest summary'), '::after').content`;
      assert.equal(await tab.evaluate(after), '", not printed"', 'paper says what is not on it');
    });

    test('texts of others stay texts', async () => {
      const text = hostileTexts.join(' ');
      writeFileSync(file('hostile'), [...html(hostileReport(text), hostileOptions(text))].join(''));
      await open('hostile');
      assert.equal(await tab.evaluate('globalThis.harmed === undefined'), true);
      assert.equal(
        await tab.evaluate(`document.querySelectorAll('img, main script, svg[onload]').length`),
        0,
      );
      assert.deepEqual(complaints(), []);
      assert.deepEqual(requests(), []);
      await tab.evaluate(`document.getElementById('open-all').click()`);
      await tab.evaluate(`(() => {
        const search = document.getElementById('search');
        search.value = '<img src=x';
        search.dispatchEvent(new Event('change', { bubbles: true }));
      })()`);
      assert.match(await shown(), /result/);
      assert.equal(await tab.evaluate('globalThis.harmed === undefined'), true);
    });

    test('no page is wider than its window', async () => {
      for (const name of ['shop', 'many', 'hostile']) {
        for (const size of [desktop, phone, { width: 320, height: 800 }]) {
          await open(name, { size });
          await tab.evaluate(`document.getElementById('open-all').click()`);
          const width = await tab.evaluate<number>('document.documentElement.scrollWidth');
          assert.ok(width <= size.width, `${name}: ${width} of ${size.width}`);
        }
      }
    });

    test('on paper everything is open and nothing is there to be clicked', async () => {
      await open('shop', { dark: true, media: 'print' });
      await tab.evaluate(`dispatchEvent(new Event('beforeprint'))`);
      assert.equal(await visible('details:not([open])'), 0);
      assert.equal(await visible('form, nav, button'), 0);
      assert.equal(
        await tab.evaluate('getComputedStyle(document.body).backgroundColor'),
        'rgb(255, 255, 255)',
      );
      await tab.evaluate(`dispatchEvent(new Event('afterprint'))`);
      assert.ok((await visible('details:not([open])')) > 50, 'closed again');
      const { data } = await tab.ask('Page.printToPDF', { printBackground: true });
      const paper = Buffer.from(data as string, 'base64');
      assert.equal(paper.subarray(0, 5).toString(), '%PDF-');
      keep('shop.pdf', paper);
    });

    const ways = [
      { name: 'light', how: {} },
      { name: 'dark', how: { dark: true } },
      { name: 'phone', how: { size: phone } },
      { name: 'phone in the dark', how: { size: phone, dark: true } },
      { name: 'print', how: { media: 'print' } },
    ];
    for (const { how, name } of ways) {
      test(`axe finds nothing: ${name}`, async () => {
        await open('shop', how);
        keep(`shop-${name.replaceAll(' ', '-')}.png`, await tab.picture());
        await tab.evaluate(
          `for (const one of document.querySelectorAll('.control:nth-of-type(-n + 6), .section')) one.open = true`,
        );
        await tab.evaluate(axe);
        const { passes, violations } = await tab.evaluate<AxeResults>('axe.run(document)');
        for (const rule of ['color-contrast', 'heading-order', 'region'])
          assert.ok(
            passes.some(({ id }) => id === rule),
            `${rule} was looked at`,
          );
        const told = violations.map(
          ({ id, nodes }) => `${id}: ${nodes[0]!.html} ${nodes[0]!.failureSummary}`,
        );
        assert.deepEqual(told, []);
      });
    }
  });
}
