/** Times as Go's time.Parse reads them and metav1.Time and metav1.MicroTime print them. */

/** Why a text is no time, in Go's words. */
export class TimeError extends Error {}

const layouts = { time: '2006-01-02T15:04:05Z07:00', microTime: '2006-01-02T15:04:05.000000Z07:00' } as const;

/**
 * The text that the server shows for a time: UTC with whole seconds (`time`) or exactly six digits (`microTime`); null for
 * the zero time, the first second of year 1. Throws TimeError with Go's text.
 */
export function canonicalTime(text: string, precision: 'time' | 'microTime'): string | null {
  const layout = layouts[precision];
  let rest = text;
  const refuse = (element: string): never => {
    throw new TimeError(
      `parsing time ${quote(text)} as ${quote(layout)}: cannot parse ${quote(rest)} as ${quote(element)}`,
    );
  };
  const outOfRange = (what: string): never => {
    throw new TimeError(`parsing time ${quote(text)}: ${what} out of range`);
  };
  const literal = (character: string): void => {
    if (rest[0] !== character) refuse(character);
    rest = rest.slice(1);
  };
  const number = (element: string, pattern: RegExp): number => {
    const match = pattern.exec(rest);
    if (match === null) return refuse(element);
    rest = rest.slice(match[0].length);
    return Number(match[0]);
  };

  const year = number('2006', /^\d{4}/);
  literal('-');
  const month = number('01', /^\d\d/);
  if (month < 1 || month > 12) outOfRange('month');
  literal('-');
  const day = number('02', /^\d\d/);
  literal('T');
  const hour = number('15', /^\d\d?/);
  if (hour > 23) outOfRange('hour');
  literal(':');
  const minute = number('04', /^\d\d/);
  if (minute > 59) outOfRange('minute');
  literal(':');
  const second = number('05', /^\d\d/);
  if (second > 59) outOfRange('second');
  let fraction = '';
  if (precision === 'microTime') {
    fraction = /^[.,](\d{6})/.exec(rest)?.[1] ?? refuse('.000000');
    rest = rest.slice(7);
  } else {
    rest = rest.replace(/^[.,]\d+/, '');
  }
  let offset = 0;
  if (rest[0] === 'Z') {
    rest = rest.slice(1);
  } else {
    const zone = /^([+-])(\d\d):(\d\d)/.exec(rest);
    if (zone === null) return refuse('Z07:00');
    if (Number(zone[2]) > 24) outOfRange('time zone offset hour');
    if (Number(zone[3]) > 60) outOfRange('time zone offset minute');
    offset = (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3]));
    rest = rest.slice(6);
  }
  if (rest !== '') throw new TimeError(`parsing time ${quote(text)}: extra text: ${quote(rest)}`);
  if (day < 1 || day > daysIn(year, month)) outOfRange('day');

  const instant = new Date(0);
  instant.setUTCFullYear(year, month - 1, day);
  instant.setUTCHours(hour, minute - offset, second);
  const [date = '', clock = ''] = instant.toISOString().split('T');
  const utc = `${date}T${clock.slice(0, 8)}`;
  if (utc === '0001-01-01T00:00:00' && /^0*$/.test(fraction)) return null;
  return fraction === '' ? `${utc}Z` : `${utc}.${fraction}Z`;
}

function daysIn(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0);
  return date.getUTCDate();
}

/** Go's time package quotes with backslashes for `"` and `\` and bytes beyond ASCII in hexadecimal. */
function quote(text: string): string {
  let quoted = '';
  for (const byte of new TextEncoder().encode(text)) {
    if (byte === 0x22 || byte === 0x5c) quoted += `\\${String.fromCharCode(byte)}`;
    else if (byte < 0x20 || byte >= 0x80) quoted += `\\x${byte.toString(16).padStart(2, '0')}`;
    else quoted += String.fromCharCode(byte);
  }
  return `"${quoted}"`;
}
