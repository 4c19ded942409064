/** Characters of JSON up to which a value may turn out to be there already. */
const LONGEST = 200;
/** Values that are remembered; most of those that repeat at all repeat soon. */
const MOST = 20_000;

/**
 * Keeps plain data in little memory: what is equal to something before is that, and the rest is copied into objects of
 * just the size they need. Texts are copied as well, since one that was cut out of a document keeps all of it alive.
 */
export class Sharing {
  private readonly known = new Map<string, unknown>();

  /** The same data; fields that are undefined may be missing. */
  of<T>(value: T): T {
    if (value === null || (typeof value !== 'object' && typeof value !== 'string')) return value;
    const key = JSON.stringify(value);
    const known = key.length > LONGEST ? undefined : this.known.get(key);
    if (known !== undefined) return known as T;
    const copy = JSON.parse(key) as T;
    if (copy !== null && typeof copy === 'object') {
      const fields = copy as Record<string, unknown>;
      for (const field of Object.keys(fields)) fields[field] = this.of(fields[field]);
    }
    if (key.length <= LONGEST) {
      if (this.known.size === MOST) this.known.clear();
      this.known.set(key, copy);
    }
    return copy;
  }
}
