/// <reference lib="dom" />
import { Control } from './control.ts';
import { byId } from './dom.ts';
import { FacetCounts, searchWords } from './matching.ts';
import { everything, type FilterState, formatState, parseState } from './state.ts';

/** How long a search waits for the next key, in milliseconds. */
const pause = 120;
/** So few controls are opened when they are what a filter leaves. */
const few = 3;

/** Brings the filter of a page to life. The page is whole without it. */
function start(form: HTMLFormElement): void {
  const controls = [...document.querySelectorAll<HTMLDetailsElement>('details.control')].map(
    (element) => new Control(element),
  );
  const all = controls.reduce((sum, control) => sum + control.all, 0);
  const shown = byId('shown');
  const search = byId<HTMLInputElement>('search');
  const selects = [...form.querySelectorAll('select')];
  const boxes = [...form.querySelectorAll<HTMLInputElement>('input[type=checkbox]')];

  const apply = (state: FilterState): void => {
    const counts = new FacetCounts();
    const words = searchWords(state.search);
    for (const control of controls) control.filter(state, words, counts);
    const left = controls.filter(({ matching }) => matching > 0);
    const matching = left.reduce((sum, control) => sum + control.matching, 0);
    if (matching < all && left.length <= few) for (const { element } of left) element.open = true;
    const among = `${left.length} ${left.length === 1 ? 'control' : 'controls'}`;
    shown.textContent =
      matching === all
        ? `${all} ${all === 1 ? 'result' : 'results'} of ${among}`
        : matching === 0
          ? `Nothing of ${all} results matches`
          : `${matching} of ${all} results, of ${among}`;
    for (const number of form.querySelectorAll<HTMLElement>('[data-count]')) {
      const [facet = '', value = ''] = number.dataset['count']!.split('=');
      const found = counts.of(facet, value);
      number.textContent = String(found);
      number.parentElement!.classList.toggle('empty', found === 0);
    }
    for (const select of selects) {
      for (const option of select.options) {
        const { words } = option.dataset;
        if (words !== undefined) option.label = `${words} (${counts.of(select.name, option.value.slice(1))})`;
      }
    }
  };

  const read = (): FilterState => {
    const checked = (name: string): ReadonlySet<string> =>
      new Set(boxes.filter((box) => box.name === name && box.checked).map(({ value }) => value));
    const chosen = (name: string): string | undefined => {
      const value = selects.find((select) => select.name === name)?.value ?? '';
      return value === '' ? undefined : value.slice(1);
    };
    return {
      severity: checked('severity'),
      status: checked('status'),
      practice: chosen('practice'),
      namespace: chosen('namespace'),
      kind: chosen('kind'),
      search: search.value.trim(),
    };
  };

  const write = (state: FilterState): void => {
    search.value = state.search;
    for (const box of boxes) box.checked = state[box.name as 'severity' | 'status'].has(box.value);
    for (const select of selects) {
      const wanted = state[select.name as 'practice' | 'namespace' | 'kind'];
      select.value = wanted === undefined ? '' : `=${wanted}`;
      if (select.selectedIndex < 0) select.value = '';
    }
  };

  const changed = (): void => {
    const state = read();
    const hash = formatState(state);
    history.replaceState(null, '', hash === '' ? location.pathname + location.search : `#${hash}`);
    apply(state);
  };

  const followAddress = (isFirst: boolean): void => {
    const state = parseState(location.hash);
    if (state === undefined) {
      if (isFirst) apply(everything);
      reveal(controls, changed, form);
      return;
    }
    write(state);
    apply(read());
    if (location.hash !== '') byId('findings').scrollIntoView();
  };

  let timer: ReturnType<typeof setTimeout> | undefined;
  search.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(changed, pause);
  });
  form.addEventListener('change', changed);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(changed));
  addEventListener('hashchange', () => followAddress(false));
  byId('open-all').addEventListener('click', () => setOpen(controls, true));
  byId('close-all').addEventListener('click', () => setOpen(controls, false));
  openForPrint();
  form.hidden = false;
  shown.parentElement!.hidden = false;
  followAddress(true);
}

function setOpen(controls: readonly Control[], open: boolean): void {
  for (const { element } of controls) if (!element.hidden) element.open = open;
}

/** Opens the control that the address names, and what stands around it; a filter that hides it is taken back. */
function reveal(controls: readonly Control[], changed: () => void, form: HTMLFormElement): void {
  const id = decoded(location.hash.slice(1));
  const named = controls.find(({ element }) => element.id === id);
  if (named === undefined) return;
  if (named.element.hidden) {
    for (const box of form.querySelectorAll<HTMLInputElement>('input')) {
      if (box.type === 'checkbox') box.checked = false;
      else box.value = '';
    }
    for (const select of form.querySelectorAll('select')) select.value = '';
    changed();
  }
  named.element.open = true;
  named.element.scrollIntoView();
  named.element.querySelector('summary')!.focus({ preventScroll: true });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Paper cannot be opened. */
function openForPrint(): void {
  let opened: HTMLDetailsElement[] = [];
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open])')];
    for (const details of opened) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false;
  });
}

const form = document.getElementById('filter');
if (form !== null) start(form as HTMLFormElement);
else openForPrint();
