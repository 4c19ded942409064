import { listsV3 } from '../../src/cel/extension/lists.ts';
import { sets } from '../../src/cel/extension/sets.ts';
import { stringsV2 } from '../../src/cel/extension/strings.ts';
import { cidrLibrary } from '../../src/cel/kubernetes/cidr.ts';
import { formatLibrary } from '../../src/cel/kubernetes/format-library.ts';
import { ipLibrary } from '../../src/cel/kubernetes/ip.ts';
import { listsV0 } from '../../src/cel/kubernetes/lists.ts';
import { quantityLibrary } from '../../src/cel/kubernetes/quantity-library.ts';
import { regex } from '../../src/cel/kubernetes/regex.ts';
import { semverLibrary } from '../../src/cel/kubernetes/semver-library.ts';
import { urlLibrary } from '../../src/cel/kubernetes/url-library.ts';
import type { Library, Overload } from '../../src/cel/library.ts';
import { time } from '../../src/cel/standard/time.ts';
import { parseDuration } from '../../src/cel/time/duration.ts';
import { parseTimestamp } from '../../src/cel/time/timestamp.ts';
import { CelError, double, int, TypeValue, Uint, type Value } from '../../src/cel/value.ts';
import { type Call, call, listLiteral, literal, overloadOf, stringLiteral } from './cel-call.ts';
import type { Random } from './random.ts';

/** Makes one expression that calls a function of a library. */
export type Generator = (random: Random) => Call;

const letters = [
  'a',
  'b',
  'A',
  'Z',
  'é',
  'ß',
  '漢',
  '😀',
  '\u{10FFFF}',
  ' ',
  '-',
  ',',
  '"',
  '\\',
  '\n',
  '%',
  '\u200b',
];
const text = (random: Random, most = 12) => stringLiteral(random.text(most, letters));

const integers = [
  0,
  1,
  2,
  3,
  5,
  -1,
  -2,
  10,
  63,
  100,
  2 ** 31,
  -(2 ** 31),
  2n ** 53n,
  2n ** 63n - 1n,
  -(2n ** 63n),
];
const integer = (random: Random) =>
  ofInteger(random.chance(0.7) ? random.between(-2, 12) : random.pick(integers));
const ofInteger = (value: number | bigint) => literal(String(value), int(BigInt(value)));

const doubles = [
  0, -0, 1, -1, 0.5, 1.5, 2.5, 0.1, 1e21, 1e-7, 1234567.5, 1234566.5, -1234.5678, 5e-324,
  1.7976931348623157e308, 0.000001, 999999.9999999, 1e22, 123456789012345680,
];
function ofDouble(value: number): Call {
  if (Number.isNaN(value)) return literal("double('NaN')", NaN);
  if (!Number.isFinite(value)) return literal(`double('${value}')`, value);
  const digits = Object.is(value, -0) ? '-0' : String(value).replace('e+', 'e');
  return literal(/[.e]/.test(digits) ? digits : `${digits}.0`, double(value));
}
const someDouble = (random: Random) =>
  ofDouble(
    random.chance(0.1)
      ? random.pick([NaN, Infinity, -Infinity])
      : random.chance(0.5)
        ? random.pick(doubles)
        : (random.next() - 0.5) * 10 ** random.between(-12, 25),
  );
const unsigned = (random: Random) => {
  const value = random.pick([0n, 1n, 2n, 255n, 2n ** 53n, 2n ** 64n - 1n]);
  return literal(`${value}u`, new Uint(value));
};
const bool = (random: Random) => (random.chance(0.5) ? literal('true', true) : literal('false', false));
const bytes = (random: Random) => {
  const word = random.text(4, ['a', 'b', 'z', '\\xff', '\\x00', 'é']);
  const encoded = word
    .split(/(\\x..)/)
    .flatMap((part) =>
      part.startsWith('\\x') ? [Number.parseInt(part.slice(2), 16)] : [...new TextEncoder().encode(part)],
    );
  return literal(`b'${word}'`, Uint8Array.from(encoded));
};
const someDuration = (random: Random) => {
  const written = random.pick(['0s', '1s', '1.5s', '-3h', '90m', '1ns', '2562047h', '-1ms', '24h']);
  return literal(`duration('${written}')`, parseDuration(written) as Value);
};
const stamps = [
  '1970-01-01T00:00:00Z',
  '2020-02-29T12:34:56.789Z',
  '2024-12-31T23:59:59+14:00',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '1969-12-31T23:59:59.5Z',
  '1900-03-01T00:00:00-05:30',
  '2038-01-19T03:14:08Z',
  '1583-10-15T06:00:00Z',
  '2021-03-14T07:00:00Z',
  '2021-11-07T05:30:00Z',
];
const someTimestamp = (random: Random) => {
  const written = random.pick(stamps);
  return literal(`timestamp('${written}')`, parseTimestamp(written) as Value);
};
const typeLiteral = (random: Random) => {
  const name = random.pick(['int', 'string', 'list', 'map', 'bool']);
  return literal(name, new TypeValue(name));
};

const scalars: Readonly<Record<string, Generator>> = {
  int: integer,
  uint: unsigned,
  double: someDouble,
  bool,
  string: (random) => text(random, 3),
  bytes,
  duration: someDuration,
  timestamp: someTimestamp,
};

const listOf = (random: Random, type: string, most = 6) =>
  listLiteral(random.list(most, () => scalars[type]!(random)));

/** Some type's list, never empty: an empty literal has no element type and so many overloads. */
function typedList(random: Random, type: string): Call {
  return listLiteral([scalars[type]!(random), ...random.list(6, () => scalars[type]!(random))]);
}

const from = (library: Library, id: string) => overloadOf(library, id);

// ---- strings

const stringCalls: Generator[] = [
  (r) => call(from(stringsV2, 'string_char_at_int'), text(r), integer(r)),
  (r) => call(from(stringsV2, 'string_index_of_string'), text(r), text(r, 2)),
  (r) => call(from(stringsV2, 'string_index_of_string_int'), text(r), text(r, 2), integer(r)),
  (r) => call(from(stringsV2, 'string_last_index_of_string'), text(r), text(r, 2)),
  (r) => call(from(stringsV2, 'string_last_index_of_string_int'), text(r), text(r, 2), integer(r)),
  (r) => call(from(stringsV2, 'string_lower_ascii'), text(r)),
  (r) => call(from(stringsV2, 'string_upper_ascii'), text(r)),
  (r) => call(from(stringsV2, 'string_replace_string_string'), text(r), text(r, 1), text(r, 2)),
  (r) =>
    call(from(stringsV2, 'string_replace_string_string_int'), text(r), text(r, 1), text(r, 2), integer(r)),
  (r) => call(from(stringsV2, 'string_split_string'), text(r), text(r, 1)),
  (r) => call(from(stringsV2, 'string_split_string_int'), text(r), text(r, 1), integer(r)),
  (r) => call(from(stringsV2, 'string_substring_int'), text(r), integer(r)),
  (r) => call(from(stringsV2, 'string_substring_int_int'), text(r), integer(r), integer(r)),
  (r) =>
    call(
      from(stringsV2, 'string_trim'),
      stringLiteral(
        r.text(8, [
          'a',
          ' ',
          '\t',
          '\n',
          '\r',
          '\v',
          '\f',
          '\u0085',
          '\u00a0',
          '\u1680',
          '\u2003',
          '\u2028',
          '\u3000',
          '\ufeff',
          '\u200b',
          '\u001c',
        ]),
      ),
    ),
  (r) => call(from(stringsV2, 'list_join'), listOf(r, 'string')),
  (r) => call(from(stringsV2, 'list_join_string'), listOf(r, 'string'), text(r, 2)),
  (r) =>
    call(
      from(stringsV2, 'strings_quote'),
      stringLiteral(r.text(10, [...letters, '\0', '\x07', '\b', '\f', '\r', '\t', '\v', '\x1b', '\x7f'])),
    ),
];

// ---- format: the arguments go through dyn(), else the compiler checks them against the clauses

const anyLiteral: Generator = (random) =>
  random.chance(0.75)
    ? scalars[random.pick(Object.keys(scalars))]!(random)
    : random.pick<Generator>([
        () => literal('null', null),
        typeLiteral,
        (r) => listLiteral(r.list(3, () => anyLiteral(r)).map(viaDyn)),
        mapLiteral,
        (r) => stringLiteral(r.pick(['NaN', 'Infinity', '-Infinity'])),
      ])(random);

const viaDyn = ({ text: inner, value }: Call): Call => literal(`dyn(${inner})`, value as Value);

const mapLiteral: Generator = (random) => {
  const entries = new Map(random.list(3, () => text(random, 2)).map((key) => [key.text, key] as const));
  const values = [...entries.values()].map((key) => [key, viaDyn(anyLiteral(random))] as const);
  return literal(
    `{${values.map(([key, item]) => `${key.text}: ${item.text}`).join(', ')}}`,
    Object.fromEntries(values.map(([key, item]) => [key.value as string, item.value as Value])),
  );
};

const clauses = [
  '%s',
  '%d',
  '%f',
  '%e',
  '%b',
  '%x',
  '%X',
  '%o',
  '%.2f',
  '%.0f',
  '%.3e',
  '%.20e',
  '%.10f',
  '%.d',
  '%%',
  '%q',
  '%',
  '%.5',
  '%.1001f',
];

const formatCall: Generator = (random) => {
  const pattern = random.text(4, [...clauses, ...clauses, 'a', 'é', ' ']);
  const args = random.list(4, () => viaDyn(anyLiteral(random)));
  return call(from(stringsV2, 'string_format'), stringLiteral(pattern), viaDynList(args));
};

/** The clause that suits a value, so that most calls succeed. */
const matchingFormatCall: Generator = (random) => {
  const pairs = random.list(4, () => {
    const [clause, make] = random.pick<readonly [string, Generator]>([
      ['%s', anyLiteral],
      ['%d', integer],
      ['%d', unsigned],
      ['%f', someDouble],
      [`%.${random.between(0, 12)}f`, someDouble],
      ['%e', someDouble],
      [`%.${random.between(0, 20)}e`, someDouble],
      ['%b', integer],
      ['%b', bool],
      ['%x', integer],
      ['%X', bytes],
      ['%x', (r) => text(r, 4)],
      ['%o', unsigned],
    ]);
    return [clause, viaDyn(make(random))] as const;
  });
  const pattern = pairs.map(([clause]) => clause).join(' ');
  return call(
    from(stringsV2, 'string_format'),
    stringLiteral(pattern),
    viaDynList(pairs.map(([, arg]) => arg)),
  );
};

const viaDynList = (elements: readonly Call[]): Call => {
  const list = listLiteral(elements);
  return literal(`dyn(${list.text})`, list.value as Value);
};

// ---- lists and sets

const types = Object.keys(scalars);
const celNames: Readonly<Record<string, string>> = {
  duration: 'google.protobuf.Duration',
  timestamp: 'google.protobuf.Timestamp',
};
const nested = (random: Random) =>
  listLiteral([typedList(random, 'int'), ...random.list(3, () => listOf(random, 'int', 3))]);

const listCalls: Generator[] = [
  (r) => call(from(listsV3, 'list_slice'), typedList(r, r.pick(types)), integer(r), integer(r)),
  (r) => call(from(listsV3, 'list_flatten'), nested(r)),
  (r) => call(from(listsV3, 'list_flatten_int'), nested(r), ofInteger(r.between(0, 4))),
  (r) => {
    const type = r.pick(types);
    return call(from(listsV3, `list_${celNames[type] ?? type}_sort`), typedList(r, type));
  },
  (r) => call(from(listsV3, 'lists_range'), ofInteger(r.between(-2, 40))),
  (r) => call(from(listsV3, 'list_reverse'), typedList(r, r.pick(types))),
  (r) => call(from(listsV3, 'list_distinct'), typedList(r, r.pick(types))),
  (r) => perType(r, (type) => `list_${type}_is_sorted_bool`),
  (r) => perType(r, (type) => `list_${type}_max_${type}`),
  (r) => perType(r, (type) => `list_${type}_min_${type}`),
  (r) => {
    const type = r.pick(['int', 'uint', 'double', 'duration']);
    return call(from(listsV0, `list_${type}_sum_${type}`), typedList(r, type));
  },
  (r) => {
    const type = r.pick(types);
    return call(from(listsV0, 'list_a_index_of_int'), typedList(r, type), scalars[type]!(r));
  },
  (r) => {
    const type = r.pick(types);
    return call(from(listsV0, 'list_a_last_index_of_int'), typedList(r, type), scalars[type]!(r));
  },
  ...['list_sets_contains_list', 'list_sets_equivalent_list', 'list_sets_intersects_list'].map(
    (id): Generator =>
      (r) => {
        const type = r.pick(types);
        return call(from(sets, id), typedList(r, type), typedList(r, type));
      },
  ),
];

function perType(random: Random, id: (type: string) => string): Call {
  const type = random.pick(types);
  return call(from(listsV0, id(type)), typedList(random, type));
}

// ---- quantities

const quantityPieces = [
  '0',
  '1',
  '9',
  '5',
  '.',
  '-',
  '+',
  'e',
  'E',
  'k',
  'K',
  'i',
  'M',
  'm',
  'n',
  'u',
  'G',
  'T',
  'P',
  ' ',
  '3',
];
const suffixes = [
  '',
  '',
  'm',
  'u',
  'n',
  'k',
  'M',
  'G',
  'T',
  'P',
  'E',
  'Ki',
  'Mi',
  'Gi',
  'Ti',
  'Pi',
  'Ei',
  'e3',
  'E-3',
  'e+2',
  'e0',
  'e20',
  'E-12',
];
const quantityText = (random: Random): string => {
  const digits = (most: number) => random.text(most, ['0', '1', '2', '5', '9']);
  const number = random.chance(0.6) ? digits(5) || '0' : `${digits(12)}.${digits(10)}`;
  const written =
    random.pick(['', '', '', '-', '+']) + (random.chance(0.1) ? digits(25) : number) + random.pick(suffixes);
  const mutated = random.chance(0.15) ? random.mutate(written, quantityPieces) : written;
  // With an exponent of millions the API server computes for hours.
  return /[eE][+-]?[0-9]{4}/.test(mutated) ? written : mutated;
};
const quantity = (random: Random) =>
  call(from(quantityLibrary, 'string_to_quantity'), stringLiteral(quantityText(random)));
const onQuantity =
  (id: string, ...more: Generator[]): Generator =>
  (random) =>
    call(from(quantityLibrary, id), quantity(random), ...more.map((make) => make(random)));
const sum: Generator = (random) =>
  call(
    from(quantityLibrary, random.pick(['quantity_add', 'quantity_sub'])),
    quantity(random),
    quantity(random),
  );

const quantityCalls: Generator[] = [
  (r) => call(from(quantityLibrary, 'is_quantity_string'), stringLiteral(quantityText(r))),
  quantity,
  ...['quantity_sign', 'quantity_get_float', 'quantity_get_int', 'quantity_is_integer'].flatMap(
    (id): Generator[] => [onQuantity(id), (r) => call(from(quantityLibrary, id), sum(r))],
  ),
  ...['quantity_is_greater_than', 'quantity_is_less_than', 'quantity_compare_to'].flatMap((id) => [
    onQuantity(id, quantity),
    onQuantity(id, sum),
  ]),
  (r) =>
    call(
      from(quantityLibrary, 'quantity_get_int'),
      call(from(quantityLibrary, r.pick(['quantity_add_int', 'quantity_sub_int'])), quantity(r), integer(r)),
    ),
];

// ---- URLs

const urlPieces = [
  'a',
  'B',
  '/',
  ':',
  '?',
  '#',
  '[',
  ']',
  '@',
  '%',
  '%20',
  '%zz',
  '%41',
  '%ff',
  '%2F',
  '&',
  '=',
  ';',
  '+',
  ' ',
  '*',
  '.',
  '..',
  '::1',
  '80',
  'é',
  '"',
  '<',
  '|',
  '\x7f',
  '!',
  '~',
  "'",
  '\\',
  '^',
];
const urlText = (random: Random): string => {
  const host = random.pick([
    'example.com',
    'a',
    '',
    '[::1]',
    '[fe80::1%25en0]',
    '[::ffff:1.2.3.4]',
    '10.0.0.1',
    'a.b:80',
    'a:',
    '[::1]:8080',
    'user:pw@h',
    'u@h:1',
    'a:1,b:2',
    '%41.b',
    'é.de',
    'h:x',
    '[1.2.3.4]',
    '[::1',
  ]);
  const start = random.pick([
    `http://${host}`,
    `https://${host}`,
    `HTTP://${host}`,
    `pg://${host}`,
    '',
    '/',
    '//x',
    'mailto:a',
    'file://',
    'x-y+z.1:',
    '*',
    '1x:',
  ]);
  const path = random.chance(0.6)
    ? `/${random.text(4, ['a', 'b', '/', '%2F', '%41', 'é', ' ', ';', ':', '@', '*', '[', '!', '..'])}`
    : '';
  const query = random.chance(0.5)
    ? `?${random.text(4, ['k=v', '&', 'k=', '=', '%20', '+', 'q', ';', '%zz', '?', 'é', 'k=1&k=2'])}`
    : '';
  const fragment = random.chance(0.2) ? `#${random.text(2, ['f', '%41', '%zz', '!', '#', ' '])}` : '';
  const url = start + path + query + fragment;
  return random.chance(0.2) ? random.mutate(url, urlPieces) : url;
};
const url = (random: Random) => call(from(urlLibrary, 'string_to_url'), stringLiteral(urlText(random)));
const urlCalls: Generator[] = [
  (r) => call(from(urlLibrary, 'is_url_string'), stringLiteral(urlText(r))),
  url,
  ...['scheme', 'host', 'hostname', 'port', 'escaped_path', 'query'].map(
    (part): Generator =>
      (r) =>
        call(from(urlLibrary, `url_get_${part}`), url(r)),
  ),
];

// ---- addresses

const ipPieces = [
  '0',
  '1',
  '255',
  '256',
  '.',
  ':',
  '::',
  'f',
  'F',
  'ffff',
  '%',
  'eth0',
  '/',
  '32',
  '00',
  ' ',
  'g',
  '-',
];
const addresses = [
  '0.0.0.0',
  '127.0.0.1',
  '10.1.2.3',
  '169.254.1.1',
  '224.0.0.1',
  '224.1.0.1',
  '255.255.255.255',
  '192.168.0.1',
  '::',
  '::1',
  'fe80::1',
  'ff02::1',
  'ff0e::1',
  'fc00::1',
  '2001:db8::1',
  '2001:DB8:0:0:1::1',
  '::ffff:1.2.3.4',
  '64:ff9b::1.2.3.4',
  'fe80::1%eth0',
  '1:2:3:4:5:6:7:8',
  '1:2:3:4:5:6:7::',
  '::2:3:4:5:6:7:8',
  '0:0:1::',
  '1::0:0',
  '2001:0db8::0001',
];
const addressText = (random: Random) => {
  const made = random.pick<() => string>([
    () => random.pick(addresses),
    () => random.pick(addresses),
    () =>
      Array.from({ length: random.between(3, 5) }, () =>
        random.pick(['0', '1', '10', '255', '256', '01']),
      ).join('.'),
    () =>
      Array.from({ length: random.between(2, 9) }, () =>
        random.pick(['0', '1', 'ff', 'FfFf', '', '12345', '0001']),
      ).join(':'),
  ])();
  return random.chance(0.25) ? random.mutate(made, ipPieces) : made;
};
const cidrText = (random: Random) => {
  const written = `${addressText(random)}/${random.pick(['0', '1', '8', '12', '16', '24', '31', '32', '33', '48', '64', '127', '128', '129', '', '08', '+8', '-1', 'x', '99999999999999999999'])}`;
  return random.chance(0.1) ? random.mutate(written, ipPieces) : written;
};
const goodCidr = (random: Random) =>
  stringLiteral(
    random.pick([
      '10.0.0.0/8',
      '10.1.2.3/12',
      '0.0.0.0/0',
      '192.168.0.0/31',
      '127.0.0.1/32',
      '::/0',
      'fe80::/10',
      '2001:db8::1/33',
      '2001:db8::/64',
      '::1/128',
    ]),
  );
const ip = (random: Random) => call(from(ipLibrary, 'string_to_ip'), stringLiteral(addressText(random)));
const cidr = (random: Random) =>
  call(
    from(cidrLibrary, 'string_to_cidr'),
    random.chance(0.8) ? goodCidr(random) : stringLiteral(cidrText(random)),
  );
const addressCalls: Generator[] = [
  ip,
  cidr,
  (r) => call(from(ipLibrary, 'is_ip'), stringLiteral(addressText(r))),
  (r) => call(from(ipLibrary, 'ip_is_canonical'), stringLiteral(addressText(r))),
  (r) => call(from(ipLibrary, 'ip_to_string'), ip(r)),
  ...[
    'family',
    'is_unspecified',
    'is_loopback',
    'is_link_local_multicast',
    'is_link_local_unicast',
    'is_global_unicast',
  ].map(
    (name): Generator =>
      (r) =>
        call(from(ipLibrary, `ip_${name}`), ip(r)),
  ),
  (r) => call(from(cidrLibrary, 'is_cidr'), stringLiteral(cidrText(r))),
  (r) => call(from(cidrLibrary, 'cidr_to_string'), cidr(r)),
  (r) => call(from(cidrLibrary, 'cidr_to_string'), call(from(cidrLibrary, 'cidr_masked'), cidr(r))),
  (r) => call(from(ipLibrary, 'ip_to_string'), call(from(cidrLibrary, 'cidr_ip'), cidr(r))),
  (r) => call(from(cidrLibrary, 'cidr_prefix_length'), cidr(r)),
  (r) => call(from(cidrLibrary, 'cidr_contains_ip_string'), cidr(r), stringLiteral(addressText(r))),
  (r) => call(from(cidrLibrary, 'cidr_contains_ip_ip'), cidr(r), ip(r)),
  (r) =>
    call(
      from(cidrLibrary, 'cidr_contains_cidr_string'),
      cidr(r),
      r.chance(0.5) ? goodCidr(r) : stringLiteral(cidrText(r)),
    ),
  (r) => call(from(cidrLibrary, 'cidr_contains_cidr'), cidr(r), cidr(r)),
];

// ---- versions

const semverPieces = ['0', '1', '12', '.', '-', '+', 'a', 'rc', 'v', '00', ' ', 'é', '!'];
const semverText = (random: Random) => {
  const number = () =>
    random.pick([
      '0',
      '1',
      '2',
      '10',
      '01',
      '18446744073709551615',
      '18446744073709551616',
      '9223372036854775808',
      '',
      'x',
    ]);
  const plain = () => random.pick(['0', '1', '2', '10', '3']);
  const part = () => (random.chance(0.15) ? number() : plain());
  const core = Array.from({ length: random.chance(0.8) ? 3 : random.between(0, 4) }, part).join('.');
  const pre = random.chance(0.4)
    ? `-${random.pick(['alpha', 'alpha.1', 'rc.2', '1', '01', '', 'a.b.c', 'a-b', 'é', '99999999999999999999', 'x.'])}`
    : '';
  const build = random.chance(0.2) ? `+${random.pick(['1', 'a.b', '', 'a..b', 'é', '001'])}` : '';
  const written = (random.chance(0.15) ? 'v' : '') + core + pre + build;
  return random.chance(0.1) ? random.mutate(written, semverPieces) : written;
};
const semver = (random: Random): Call =>
  random.chance(0.5)
    ? call(from(semverLibrary, 'string_to_semver'), stringLiteral(semverText(random)))
    : call(from(semverLibrary, 'string_bool_to_semver'), stringLiteral(semverText(random)), bool(random));
const semverCalls: Generator[] = [
  semver,
  (r) => call(from(semverLibrary, 'is_semver_string'), stringLiteral(semverText(r))),
  (r) => call(from(semverLibrary, 'is_semver_string_bool'), stringLiteral(semverText(r)), bool(r)),
  ...['semver_major', 'semver_minor', 'semver_patch'].map(
    (id): Generator =>
      (r) =>
        call(from(semverLibrary, id), semver(r)),
  ),
  ...['semver_is_greater_than', 'semver_is_less_than', 'semver_compare_to'].map(
    (id): Generator =>
      (r) =>
        call(from(semverLibrary, id), semver(r), semver(r)),
  ),
];

// ---- formats

const formatNames = [
  'dns1123Label',
  'dns1123Subdomain',
  'dns1035Label',
  'qualifiedName',
  'dns1123LabelPrefix',
  'dns1123SubdomainPrefix',
  'dns1035LabelPrefix',
  'labelValue',
  'uri',
  'uuid',
  'byte',
  'date',
  'datetime',
];
const namePieces = [
  'a',
  'b',
  '1',
  '-',
  '.',
  '/',
  '_',
  'A',
  'é',
  '',
  ' ',
  '\n',
  'a'.repeat(62),
  'b.'.repeat(126),
];
const values: Readonly<Record<string, (random: Random) => string>> = {
  uri: urlText,
  uuid: (r) => r.mutate('123e4567-E89b-12d3-a456-426614174000', ['-', 'a', 'g', 'ſ', '0']),
  byte: (r) => r.text(6, ['QQ==', 'abcd', 'YQ', '=', '+/9=', 'a', '\n', '-']),
  date: (r) =>
    r.chance(0.5)
      ? `${r.pick(['2020', '2021', '0000', '9999', '20'])}-${r.pick(['01', '02', '12', '13', '1', '00'])}-${r.pick(['01', '29', '30', '31', '32', '00'])}`
      : r.mutate('2020-02-29', ['-', '0', '9', 'x', ' ']),
  datetime: (r) =>
    r.chance(0.7)
      ? `2020-${r.pick(['01', '02', '13'])}-${r.pick(['01', '30'])}${r.pick(['T', 't', ' '])}${r.pick(['00', '23', '24'])}:${r.pick(['00', '59', '60'])}:${r.pick(['00', '59', '60'])}${r.pick(['', '.5', ',5', 'x5', '\n5', '.'])}${r.pick(['Z', 'z', '+01:00', '+99:99', ''])}`
      : r.mutate('2020-02-29T00:00:00Z', ['T', 't', '0', ':']),
};
const formatCalls: Generator[] = [
  (r) => {
    const name = r.pick(formatNames);
    const format = call(from(formatLibrary, `format.${name}`));
    return call(
      from(formatLibrary, 'format-validate'),
      format,
      stringLiteral((values[name] ?? ((random) => random.text(4, namePieces)))(r)),
    );
  },
];

// ---- regular expressions

const patterns = [
  'a',
  'a*',
  '[a-z]+',
  'é|b',
  '\\d+',
  '(a)(b)?',
  '^',
  '$',
  '',
  '(?i)A',
  '\\pL',
  '[',
  'a**',
  '(?P<n>a)',
  '.',
  '\\b',
  'a{2,3}',
  '(',
  '[^a]',
];
const regexCalls: Generator[] = [
  (r) =>
    call(from(regex, 'string_find_string'), text(r), stringLiteral(r.pick(patterns.filter(isValidPattern)))),
  (r) =>
    call(
      from(regex, 'string_find_all_string'),
      text(r),
      stringLiteral(r.pick(patterns.filter(isValidPattern))),
    ),
  (r) =>
    call(
      from(regex, 'string_find_all_string_int'),
      text(r),
      stringLiteral(r.pick(patterns.filter(isValidPattern))),
      integer(r),
    ),
];
/** A literal pattern that is none does not compile; it is tested through a variable. */
const isValidPattern = (pattern: string) => !['[', 'a**', '('].includes(pattern);

// ---- time

const zones = [
  'UTC',
  '',
  'Local',
  '+01:00',
  '-02:30',
  '5:00',
  '-0:30',
  '+99:99',
  'America/New_York',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Etc/GMT+5',
  'EST5EDT',
  'Nope/Zone',
  'america/new_york',
  '+0530',
  '../UTC',
  'x:1',
  '1:',
  ':',
  '1:2:3',
  '99999999999999999999:0',
  '-02:-30',
  'Africa/Monrovia',
  'Pacific/Apia',
];
const timeCalls: Generator[] = [
  (r) => {
    const getter = r.pick(time.overloads.filter(({ args }) => args.length === 1 && isTimestamp(args[0])));
    return call(getter, someTimestamp(r));
  },
  (r) => {
    const getter = r.pick(time.overloads.filter(({ args }) => args.length === 2));
    return call(getter, someTimestamp(r), stringLiteral(r.pick(zones)));
  },
  (r) => {
    const getter = r.pick(time.overloads.filter(({ args }) => args.length === 1 && !isTimestamp(args[0])));
    return call(getter, someDuration(r));
  },
];
const isTimestamp = (type: Overload['args'][number] | undefined) =>
  type?.kind === 'scalar' && type.name === 'google.protobuf.Timestamp';

/** Generators by the library they test. */
export const generators: Readonly<Record<string, readonly Generator[]>> = {
  strings: stringCalls,
  format: [formatCall, matchingFormatCall, matchingFormatCall],
  lists: listCalls,
  quantity: quantityCalls,
  url: urlCalls,
  addresses: addressCalls,
  semver: semverCalls,
  formats: formatCalls,
  regex: regexCalls,
  time: timeCalls,
};

/** The value of a call, or the text of its error. */
export const outcome = (made: Call): { value: Value } | { error: string } =>
  made.value instanceof CelError ? { error: made.value.message } : { value: made.value };
