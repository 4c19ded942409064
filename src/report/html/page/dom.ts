/// <reference lib="dom" />
import { type Markup, visible } from '../markup.ts';

/** The node of a document for a part of a page; strings become text nodes, whatever they hold. */
export function toDom(markup: Markup): Node {
  if (markup === undefined) return document.createDocumentFragment();
  if (typeof markup === 'string') return document.createTextNode(visible(markup));
  const element = document.createElement(markup.tag);
  for (const [name, value] of Object.entries(markup.attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : visible(String(value)));
  }
  element.append(...markup.children.map(toDom));
  return element;
}

/** An element that the page has for sure. */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}
