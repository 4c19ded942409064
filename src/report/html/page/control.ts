/// <reference lib="dom" />
import { entryView } from '../entry-view.ts';
import { type Line, parseLine } from '../line.ts';
import { h } from '../markup.ts';
import { toDom } from './dom.ts';
import { type FacetCounts, type Facts, failedFacet } from './matching.ts';
import type { FilterState } from './state.ts';

/** Entries beyond those of the file that are put on the page at once. */
const step = 50;

interface Item {
  readonly facts: Facts;
  /** Of an entry that the file has in full. */
  readonly element: HTMLElement | undefined;
  /** Of one that the file has in one line. */
  readonly line: Line | undefined;
}

/** A control on the page: it shows those of its entries that match, the many of one line each a few at a time. */
export class Control {
  readonly element: HTMLDetailsElement;
  readonly all: number;
  matching = 0;
  /** What is said of the control itself, in lower case: a search finds all its entries by it. */
  private readonly about: string;
  private readonly items: readonly Item[];
  private readonly list: HTMLElement;
  private readonly count: HTMLElement;
  private readonly words: string;
  private readonly more = document.createElement('button');
  private waiting: readonly Item[] = [];
  private added: HTMLElement[] = [];

  constructor(element: HTMLDetailsElement) {
    this.element = element;
    this.list = element.querySelector('.entries')!;
    this.count = element.querySelector('.count')!;
    this.words = this.count.textContent;
    const practice = element.dataset['practice'] ?? '';
    this.about = [element.querySelector('summary')!, element.querySelector('.advice')]
      .map((part) => part?.textContent ?? '')
      .join(' ')
      .toLowerCase();
    const shown = [...this.list.children].map((child) => shownItem(child as HTMLElement, practice));
    const rest = element.querySelector('.rest');
    const lines = (rest?.querySelector('pre')?.textContent ?? '').split('\n');
    this.items = [...shown, ...lines.flatMap((text) => lineItem(text, practice))];
    this.all = this.items.length;
    this.more.type = 'button';
    this.more.className = 'more';
    this.more.hidden = true;
    this.more.addEventListener('click', () => this.showMore());
    rest?.replaceWith(this.more);
    element.addEventListener('toggle', () => {
      if (element.open && this.added.length === 0) this.showMore();
    });
  }

  /** Shows what matches; counts every entry for the filter's own numbers. */
  filter(state: FilterState, words: readonly string[], counts: FacetCounts): void {
    const waiting: Item[] = [];
    const sought = words.filter((word) => !this.about.includes(word));
    this.matching = 0;
    for (const item of this.items) {
      const failed = failedFacet(item.facts, state, sought);
      counts.add(item.facts, failed);
      const isMatch = failed === 'none';
      if (isMatch) this.matching++;
      if (item.element !== undefined) item.element.hidden = !isMatch;
      else if (isMatch) waiting.push(item);
    }
    for (const element of this.added) element.remove();
    this.added = [];
    this.waiting = waiting;
    this.element.hidden = this.matching === 0;
    this.count.textContent = this.matching === this.all ? this.words : `${this.matching} of ${this.all}`;
    this.more.hidden = true;
    if (this.element.open) this.showMore();
  }

  private showMore(): void {
    const next = this.waiting.slice(0, step);
    this.waiting = this.waiting.slice(step);
    const hadFocus = document.activeElement === this.more;
    const elements = next.map(({ line }) => toDom(lineView(line!)) as HTMLElement);
    this.list.append(...elements);
    this.added.push(...elements);
    const left = this.waiting.length;
    this.more.hidden = left === 0;
    this.more.dataset['left'] = String(left);
    this.more.textContent = `Show ${Math.min(step, left)} of ${left} more`;
    // Whoever works with the keyboard goes on reading where the new entries begin.
    if (hadFocus && elements[0] !== undefined) {
      elements[0].tabIndex = -1;
      elements[0].focus();
    }
  }
}

function shownItem(element: HTMLElement, practice: string): Item {
  const { kind = '', namespace = '', severity = '', status = '' } = element.dataset;
  const text = element.textContent.toLowerCase();
  return { element, line: undefined, facts: { severity, status, practice, namespace, kind, text } };
}

function lineItem(written: string, practice: string): Item[] {
  const line = parseLine(written);
  if (line === undefined) return [];
  const { kind, namespace, severity, status } = line;
  // As it is shown, so that `shop/web` is found.
  const text = written.replace(/^((?:[^\t]*\t){3}[^\t]*)\t/, '$1/').toLowerCase();
  return [{ element: undefined, line, facts: { severity, status, practice, namespace, kind, text } }];
}

function lineView(line: Line): ReturnType<typeof entryView> {
  const path = line.path === '' ? undefined : h('p', { class: 'path' }, h('bdi', {}, line.path));
  return entryView(line, path);
}
