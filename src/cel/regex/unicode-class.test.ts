import assert from 'node:assert/strict';
import { test } from 'node:test';

import { contains, normalized } from './code-point-set.ts';
import { unicodeClass } from './unicode-class.ts';
import { assignedAfterUnicode15 } from './unicode-version.ts';

/** `name:digest` of the ranges of every category and one-word script in Go 1.26 package `unicode` (15.0.0). */
const digests =
  'Adlam:127ntnw Ahom:58ekc9 Arabic:1rnj24d Armenian:3fi1w7 Avestan:1v12nce Balinese:xqf87z ' +
  'Bamum:1fc5bo0 Batak:v0lb05 Bengali:196ozf3 Bhaiksuki:10kz2qe Bopomofo:12j8e5b Brahmi:67jex5 ' +
  'Braille:3tt1uo Buginese:3vvg2z Buhid:43ya5g C:1vc3hb9 Carian:z1nx8d Cc:3ulo52 Cf:191nm26 ' +
  'Chakma:4i0gva Cham:f1l0ea Cherokee:bwe81k Chorasmian:in4vzg Cn:tcyiyh Co:1gm25l4 Common:a7gqhb ' +
  'Coptic:1vaaq5n Cs:1wkmg0w Cuneiform:1ukvmjx Cypriot:nt5ftu Cyrillic:b5a0f Deseret:1d84e7k ' +
  'Devanagari:8zo7lo Dogra:n8somk Duployan:bmrwtd Elbasan:15v7bjc Elymaic:ff8f3f Ethiopic:1nlxlc ' +
  'Georgian:1d45lwg Glagolitic:1cqz5sl Gothic:1r1oosf Grantha:lnqhrp Greek:14c517l Gujarati:cler38 ' +
  'Gurmukhi:oek4hj Han:2raot2 Hangul:1ta0wni Hanunoo:uqaknl Hatran:1qz9nhy Hebrew:cr71fs ' +
  'Hiragana:bok8u8 Inherited:197kvar Javanese:iwwvt2 Kaithi:eorijt Kannada:19my73p Katakana:45mwwq ' +
  'Kawi:42ss08 Kharoshthi:737gal Khmer:1w22ipb Khojki:1akegha Khudawadi:1iurr0s L:1lhoxg0 LC:1lm7nyh ' +
  'Lao:ivtwyp Latin:1h5j3fn Lepcha:fo5xiw Limbu:h5wcoe Lisu:1c1xy9c Ll:1osch6w Lm:1kq3v0b Lo:3k668r ' +
  'Lt:1p8yyzk Lu:1epy2mc Lycian:1v5iq49 Lydian:jj3syg M:fc1kyf Mahajani:1bzntob Makasar:4ins5h ' +
  'Malayalam:ryrre2 Mandaic:1fj0sd4 Manichaean:zfyb1u Marchen:qzpz5k Mc:1ru0u7h Me:s0vlyv ' +
  'Medefaidrin:jwdq8v Miao:16d496b Mn:aie9q4 Modi:151hpwu Mongolian:5wff1d Mro:1j0vl8f Multani:1jmangu ' +
  'Myanmar:n4v9f N:1hzhz0z Nabataean:fniccp Nandinagari:llth0t Nd:14xij3h Newa:xhdn0m Nko:1w4iiu3 ' +
  'Nl:ne44d3 No:1c730is Nushu:1rfof4q Ogham:ju7yrd Oriya:1qwyobi Osage:k88cbx Osmanya:rwlem9 P:15dqugi ' +
  'Palmyrene:1fpikao Pc:n48rb1 Pd:11p70sm Pe:ygyhhk Pf:1y01wod Phoenician:spj91e Pi:10j84d6 Po:1e2przg ' +
  'Ps:1g8x7kn Rejang:x9ewh6 Runic:gpuljl S:fwmsl7 Samaritan:162sobo Saurashtra:1x9izuj Sc:1ao7l8z ' +
  'Sharada:1yzhd4w Shavian:1ie9p00 Siddham:83avj1 Sinhala:1s53sm3 Sk:w5f8st Sm:12qymld So:92tl9p ' +
  'Sogdian:1oe5c8y Soyombo:1mykyjb Sundanese:h2gv39 Syriac:1tpwsat Tagalog:txv210 Tagbanwa:xdmtks ' +
  'Takri:yvar0t Tamil:no8pq2 Tangsa:1ftyfio Tangut:1uddkgd Telugu:1cf3xa0 Thaana:164cb56 Thai:1tkf37r ' +
  'Tibetan:1ypies7 Tifinagh:1egjur1 Tirhuta:dyikxv Toto:dlyrhv Ugaritic:164oylo Vai:cinhek ' +
  'Vithkuqi:bvp4ev Wancho:fbl1iw Yezidi:27ybf9 Yi:1pemi2v Z:kscdk Zl:xk70od Zp:naikif Zs:5f4p0b';

/** FNV-1a over the range ends, in base 36: the same sum was taken of Go's tables. */
function digest(ranges: readonly number[]): string {
  let sum = 0x811c9dc5;
  for (const end of ranges) sum = Math.imul(sum ^ end, 0x01000193) >>> 0;
  return sum.toString(36);
}

test("every class has exactly the members of Go's table", () => {
  for (const entry of digests.split(' ')) {
    const [name, expected] = entry.split(':');
    assert.equal(digest(unicodeClass(name!) ?? []), expected, name);
  }
});

test('knows names without case, underscores, hyphens and spaces', () => {
  for (const [name, same] of [
    ['l', 'L'],
    ['LU', 'Lu'],
    ['Uppercase_Letter', 'Lu'],
    ['uppercase letter', 'Lu'],
    ['upper-case-letter', 'Lu'],
    ['Letter', 'L'],
    ['punct', 'P'],
    ['Digit', 'Nd'],
    ['Other', 'C'],
    ['Nonspacing_Mark', 'Mn'],
    ['Combining_Mark', 'M'],
    ['LC', 'Cased_Letter'],
    ['GREEK', 'Greek'],
  ]) {
    assert.deepEqual(unicodeClass(name!), unicodeClass(same!), name);
    assert.ok(unicodeClass(name!)!.length > 0, name);
  }
});

test('does not know what Go does not know', () => {
  for (const name of [
    '',
    'X',
    'Foo',
    'Old_Italic',
    'SignWriting',
    'Grek',
    'Garay',
    'Script=Greek',
    'Alphabetic',
    'IsL',
    'lé',
  ]) {
    assert.equal(unicodeClass(name), undefined, name);
  }
});

test('special names', () => {
  assert.deepEqual(unicodeClass('Any'), [0, 0x10ffff]);
  assert.deepEqual(unicodeClass('ASCII'), [0, 0x7f]);
  const assigned = unicodeClass('Assigned')!;
  const unassigned = unicodeClass('Cn')!;
  assert.deepEqual(normalized([...assigned, ...unassigned]), [0, 0x10ffff]);
  assert.equal(contains(assigned, 0x61), true);
});

test('characters newer than Unicode 15.0 are unassigned', () => {
  for (const codePoint of [0x1c89, 0x10d40, 0x2ebf0, 0x33479]) {
    assert.equal(contains(assignedAfterUnicode15, codePoint), true, codePoint.toString(16));
    assert.equal(contains(unicodeClass('L')!, codePoint), false, codePoint.toString(16));
    assert.equal(contains(unicodeClass('Cn')!, codePoint), true, codePoint.toString(16));
    assert.equal(contains(unicodeClass('C')!, codePoint), true, codePoint.toString(16));
  }
});
