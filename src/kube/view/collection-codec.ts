import { refuse } from './decoding.ts';
import type { Codec, Working } from './decoding.ts';

/** Lists of values that print as they are are shared with the input unless an item changes. */
export function listCodec(item: Codec): Codec {
  const { encode } = item;
  return {
    decode(value, decoding) {
      if (!Array.isArray(value)) return refuse(decoding, value, 'list');
      let list: unknown[] | undefined;
      for (let index = 0; index < value.length; index++) {
        const written: unknown = value[index];
        decoding.path.push(index);
        const read = written === null || written === undefined ? item.zero() : item.decode(written, decoding);
        decoding.path.pop();
        if (read !== written && list === undefined) list = value.slice();
        if (list !== undefined) list[index] = read;
      }
      return list ?? value;
    },
    zero: () => null,
    encode: encode === undefined ? undefined : (value) => (value as unknown[] | null)?.map(encode) ?? null,
  };
}

/** Maps of values that print as they are are shared with the input unless a value changes. */
export function mapCodec(value: Codec): Codec {
  const { encode } = value;
  return {
    decode(written, decoding) {
      if (typeof written !== 'object' || written === null || Array.isArray(written)) {
        return refuse(decoding, written, 'map');
      }
      const source = written as Record<string, unknown>;
      let changed: Record<string, unknown> | undefined;
      for (const key in source) {
        const entry = source[key];
        decoding.path.push(key);
        const read = entry === null || entry === undefined ? value.zero() : value.decode(entry, decoding);
        decoding.path.pop();
        if (read === entry) continue;
        changed ??= { ...source };
        setOwn(changed, key, read);
      }
      return changed ?? source;
    },
    zero: () => null,
    encode:
      encode === undefined ? undefined : (map) => (map === null ? null : encodeMap(map as Working, encode)),
  };
}

function encodeMap(map: Working, encode: (value: unknown) => unknown): Working {
  const printed: Working = { ...map };
  for (const key in map) setOwn(printed, key, encode(map[key]));
  return printed;
}

/** Assigns an own property; plain assignment of `__proto__` would set the prototype. */
function setOwn(target: Working, key: string, value: unknown): void {
  if (key !== '__proto__') target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
}
