/** What an attribute holds; `true` stands alone, `undefined` and `false` are left out. */
export type AttributeValue = string | number | boolean | undefined;

/** An element of a page as plain data: text for a file is made of it here, and elements of a document in a browser. */
export interface Tag {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly children: readonly Markup[];
}

/** A part of a page. A string is always text, never markup; `undefined` is nothing. */
export type Markup = Tag | string | undefined;

/** Makes an element: `h('p', { class: 'why' }, 'text', h('b', {}, 'bold'))`. */
export function h(tag: string, attributes: Tag['attributes'], ...children: readonly Markup[]): Tag {
  return { tag, attributes, children };
}

// Control characters but for tab and line feed, and everything that turns the direction of text around.
const steering = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text of a manifest as it may stand on a page: what is invisible and makes a name look like another one becomes `·`.
 * Source of the list: Unicode UAX 9, explicit directional formatting characters.
 */
export function visible(text: string): string {
  return text.replace(steering, '\u00b7');
}

/** Elements that have no content and no end tag. Source: HTML, "Void elements". */
const voids = new Set(['br', 'hr', 'input', 'link', 'meta']);

/** The page's text. Every string in it is escaped, so nothing of a manifest can become markup. */
export function toHtml(markup: Markup): string {
  if (markup === undefined) return '';
  if (typeof markup === 'string') return escaped(visible(markup));
  const { attributes, children, tag } = markup;
  let html = `<${tag}`;
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    html += value === true ? ` ${name}` : ` ${name}="${escaped(visible(String(value)))}"`;
  }
  html += '>';
  if (voids.has(tag)) return html;
  for (const child of children) html += toHtml(child);
  return `${html}</${tag}>`;
}

const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => names[character]!);
