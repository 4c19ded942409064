import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TimeError, canonicalTime } from './time.ts';

test('a time is shown in UTC with whole seconds', () => {
  const spellings: [string, string | null][] = [
    ['2020-01-01T00:00:00Z', '2020-01-01T00:00:00Z'],
    ['2020-01-01T02:00:00+02:00', '2020-01-01T00:00:00Z'],
    ['2019-12-31T23:30:00-00:30', '2020-01-01T00:00:00Z'],
    ['2020-01-01T00:00:00.999Z', '2020-01-01T00:00:00Z'],
    ['2020-01-01T00:00:00,5Z', '2020-01-01T00:00:00Z'],
    ['2020-01-01T1:00:00Z', '2020-01-01T01:00:00Z'],
    ['2020-02-29T00:00:00Z', '2020-02-29T00:00:00Z'],
    ['0001-01-01T00:00:00Z', null],
    ['0001-01-01T01:00:00+01:00', null],
    ['0050-06-01T00:00:00Z', '0050-06-01T00:00:00Z'],
  ];
  for (const [written, shown] of spellings) assert.equal(canonicalTime(written, 'time'), shown, written);
});

test('a micro time has exactly six digits', () => {
  assert.equal(canonicalTime('2020-01-01T00:00:00.500000+02:00', 'microTime'), '2019-12-31T22:00:00.500000Z');
  assert.throws(() => canonicalTime('2020-01-01T00:00:00Z', 'microTime'), {
    message:
      'parsing time "2020-01-01T00:00:00Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"',
  });
});

test('what is no time is refused where Go stops', () => {
  const layout = '"2006-01-02T15:04:05Z07:00"';
  const refusals: [string, string][] = [
    ['', `parsing time "" as ${layout}: cannot parse "" as "2006"`],
    ['yesterday', `parsing time "yesterday" as ${layout}: cannot parse "yesterday" as "2006"`],
    ['2020-01-01', `parsing time "2020-01-01" as ${layout}: cannot parse "" as "T"`],
    ['2020-13-01T00:00:00Z', 'parsing time "2020-13-01T00:00:00Z": month out of range'],
    ['2021-02-29T00:00:00Z', 'parsing time "2021-02-29T00:00:00Z": day out of range'],
    ['2020-01-01T24:00:00Z', 'parsing time "2020-01-01T24:00:00Z": hour out of range'],
    ['2020-01-01T00:60:00Z', 'parsing time "2020-01-01T00:60:00Z": minute out of range'],
    ['2020-01-01T00:00:00Zx', 'parsing time "2020-01-01T00:00:00Zx": extra text: "x"'],
    [
      '2020-01-01T00:00:00+2:00',
      `parsing time "2020-01-01T00:00:00+2:00" as ${layout}: cannot parse "+2:00" as "Z07:00"`,
    ],
    ['2020"é', `parsing time "2020\\"\\xc3\\xa9" as ${layout}: cannot parse "\\"\\xc3\\xa9" as "-"`],
  ];
  for (const [text, message] of refusals) assert.throws(() => canonicalTime(text, 'time'), { message }, text);
});

test('a shown time is shown as itself, and any text gives a time or a TimeError', () => {
  const dates = fc.date({ min: new Date('0002-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(dates, (date) => {
      const shown = `${date.toISOString().slice(0, 19)}Z`;
      assert.equal(canonicalTime(date.toISOString(), 'time'), shown);
      assert.equal(canonicalTime(shown, 'time'), shown);
    }),
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-0-9T:.,Z+]{0,30}$/)), (text) => {
      try {
        canonicalTime(text, 'microTime');
      } catch (error) {
        assert.ok(error instanceof TimeError);
      }
    }),
  );
});
