/** Whether reading is worth it: a lock file or a schema of megabytes need not be parsed to learn that it is no manifest. */
export function mayHoldManifests(bytes: Uint8Array): boolean {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (isUtf16) return true;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (text.includes('apiVersion')) return true;
  return text.includes('kind') && (text.includes('metadata') || text.includes('spec'));
}

/** Whether `{{ ... }}` stands on some line; a search that takes as long as the text is, whatever is in it. */
export function holdsTemplate(text: string): boolean {
  for (let open = text.indexOf('{{'); open >= 0;) {
    const close = text.indexOf('}}', open + 2);
    if (close < 0) return false;
    // Behind the last line break before the end, where there is one between.
    const start = text.lastIndexOf('\n', close) + 1;
    if (start <= open) return true;
    open = text.indexOf('{{', start);
  }
  return false;
}
