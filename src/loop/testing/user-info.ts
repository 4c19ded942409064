import type { JsonObject } from '../../model/object.ts';
import type { UserInfo } from '../../policy/index.ts';
import { isMapping } from './files.ts';

/** A user as requests carry it: `username`, `uid`, `groups`, `extra`; what is not written is empty. */
export function userInfoOf(value: JsonObject): UserInfo {
  const text = (key: string): string => (typeof value[key] === 'string' ? value[key] : '');
  const { groups, extra } = value;
  return {
    username: text('username'),
    uid: text('uid'),
    groups: texts(groups),
    extra: isMapping(extra)
      ? Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, texts(values)]))
      : {},
  };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
