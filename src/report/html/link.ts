import { h, type Markup } from './markup.ts';

/** A link out of the page, which takes nothing along; an address of any other kind than the web's is shown as text. */
export function externalLink(url: string, words = url): Markup {
  if (!/^https?:\/\//i.test(url)) return words;
  return h('a', { href: url, rel: 'noreferrer noopener' }, words.replace(/^https?:\/\//i, ''));
}

/** A link to a control further down. */
export function controlLink(id: string): Markup {
  return h('a', { href: `#${encodeURIComponent(`control-${id}`.toWellFormed())}` }, h('bdi', {}, id));
}
