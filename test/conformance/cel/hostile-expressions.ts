/** An expression that means no good, and what it is about. */
export interface HostileExpression {
  readonly about: string;
  readonly expression: string;
  /** Whether it takes all memory or time of cel-go, which counts the cost of a call after it. */
  readonly harmsServer: boolean;
}

/** What `object` is for them: names of prototypes as fields, and long texts and lists. */
export const hostileObject: Readonly<Record<string, unknown>> = JSON.parse(
  `{"__proto__": {"polluted": true}, "constructor": "mine", "toString": null, "hasOwnProperty": [1], "valueOf": 5, "length": 7,
    "list": [3, 1, 2], "empty": {}, "deep": ${'{"a":'.repeat(300)}1${'}'.repeat(300)}, "text": "${'ab'.repeat(5000)}"}`,
) as Record<string, unknown>;

const repeated = (text: string, times: number): string => text.repeat(times);
const wrapped = (open: string, inner: string, close: string, times: number): string =>
  open.repeat(times) + inner + close.repeat(times);
const quoted = (text: string): string => `'${text}'`;
const doubled = (start: string, times: number): string =>
  `optional.of(${start})${'.optMap(x, x + x)'.repeat(times)}.value().size()`;
const tens = '[0,1,2,3,4,5,6,7,8,9]';

/** Long and deep texts. */
const large: Readonly<Record<string, string>> = {
  'a name of 1 MB': repeated('a', 1_000_000),
  'a text of 1 MB': quoted(repeated('x', 1_000_000)),
  'blanks of 1 MB': `${repeated(' ', 1_000_000)}1`,
  'line breaks of 1 MB': `${repeated('\n', 1_000_000)}x`,
  'a comment of 1 MB': `1 // ${repeated('x', 1_000_000)}`,
  'an open text of 1 MB': `'${repeated('x', 1_000_000)}`,
  'a number of 90,000 digits': repeated('9', 90_000),
  'a double of 90,000 digits': `0.${repeated('1', 90_000)}`,
  'an exponent of 90,000 digits': `1e${repeated('9', 90_000)}`,
  'a text of 90,000 characters': `${quoted(repeated('x', 90_000))}.size()`,
  'a text of 90,000 escapes': quoted(repeated('\\q', 45_000)),
  '10,000 parentheses': wrapped('(', '1', ')', 10_000),
  '10,000 open parentheses': repeated('(', 10_000),
  '10,000 closing parentheses': repeated(')', 10_000),
  '10,000 brackets': wrapped('[', '1', ']', 10_000),
  '10,000 braces': wrapped('{1:', '1', '}', 10_000),
  '10,000 calls': wrapped('size(', '[]', ')', 10_000),
  '10,000 has': wrapped('has(', 'object.a', ')', 10_000),
  '10,000 macros': `${wrapped('[1].all(x, ', 'true', ')', 9_000)}`,
  '10,000 negations': `${repeated('!', 10_000)}true`,
  '10,000 signs': `${repeated('-', 10_000)}1`,
  '10,000 selections': `object${repeated('.a', 10_000)}`,
  '10,000 optional selections': `object${repeated('.?a', 10_000)}`,
  '10,000 indexes': `object${repeated('[0]', 10_000)}`,
  '10,000 methods': `'a'${repeated('.trim()', 10_000)}`,
  '10,000 branches': `${repeated('true ? 1 : ', 9_000)}1`,
  '10,000 conditions': `${repeated('true ? ', 9_000)}1${repeated(' : 1', 9_000)}`,
  '10,000 alternatives': `${repeated('false || ', 10_000)}true`,
  '10,000 conjunctions': `${repeated('true && ', 10_000)}true`,
  '30,000 sums': `${repeated('1+', 30_000)}1`,
  '10,000 comparisons': `${repeated('1 == ', 10_000)}1`,
  '200 sums': `${repeated('1+', 200)}1`,
  '200 selections of what is there': `object.deep${repeated('.a', 200)}.size() >= 0`,
  'a list of 30,000 elements': `[${repeated('1,', 30_000)}1].size()`,
  'a map of 9,000 entries': `{${Array.from({ length: 9_000 }, (_, i) => `${i}:1`).join(',')}}.size()`,
  'a map with one key 9,000 times': `{${repeated('1:1,', 9_000)}}`,
  '20,000 undeclared names': `[${Array.from({ length: 12_000 }, (_, i) => `a${i}`).join(',')}]`,
  'junk of 50,000 characters': repeated('$#@~', 12_500),
  'operators of 50,000 characters': repeated('*/%+', 12_500),
  'open quotes': repeated("'''", 10_001),
};

/** Cheap to write, dear to do. */
const bombs: Readonly<Record<string, string>> = {
  'six loops in one another': [...'abcdef'].reduceRight(
    (body, name) => `${tens}.all(${name}, ${body})`,
    'true',
  ),
  'loops that never decide': [...'abcdef'].reduceRight(
    (body, name) => `${tens}.exists(${name}, ${body})`,
    'false',
  ),
  'loops that build lists': [...'abcdef'].reduceRight((body, name) => `${tens}.map(${name}, ${body})`, '1'),
  'loops that build maps': [...'abcdef'].reduceRight(
    (body, k) => `${tens}.transformMap(${k}, ${k}1, ${body})`,
    '1',
  ),
  'a text doubled 25 times': doubled("'x'", 25),
  'a text doubled 60 times': doubled("'x'", 60),
  'a list doubled 25 times': doubled('[1]', 25),
  'a list doubled 60 times': doubled('[1]', 60),
  'a range of a billion': 'lists.range(1000000000).size()',
  'a range of all there is': 'lists.range(9223372036854775807).size()',
  'a range below nothing': 'lists.range(-9223372036854775808)',
  'a list flattened for ever': '[[1]].flatten(9223372036854775807)',
  'a text replaced by itself': `object.text.replace('', object.text).size()`,
  'a text replaced and replaced': `object.text.replace('a', object.text).replace('b', object.text).size()`,
  'a text split into characters and joined': "object.text.split('').join(object.text).size()",
  'a precision of a billion': "'%.1000000000f'.format([1.0])",
  'a precision without end': `'%.${repeated('9', 1000)}f'.format([1.0])`,
  'a text formatted into itself': `'${repeated('%s', 2000)}'.format([${repeated('object.text,', 1999)}object.text]).size()`,
  'a quantity of a billion digits': "quantity('1e1000000000').isInteger()",
  'a quantity of 90,000 digits': `quantity('${repeated('9', 90_000)}').isInteger()`,
  'quantities far apart': "quantity('1e-1000000').add(quantity('1e1000000'))",
  'an int of 90,000 digits': `int('${repeated('9', 90_000)}')`,
  'a double of 90,000 digits in a text': `double('${repeated('9', 90_000)}') > 1.0`,
  'a duration of 90,000 digits': `duration('${repeated('9', 90_000)}h')`,
  'a timestamp of 90,000 digits': `timestamp('${repeated('9', 90_000)}')`,
  'a version of 90,000 digits': `semver('1.${repeated('9', 90_000)}.0')`,
  'an address of 90,000 colons': `isIP('${repeated(':', 90_000)}')`,
  'a URL of 90,000 per cent signs': `isURL('http://a/${repeated('%', 90_000)}')`,
  'a sort of a long list': 'lists.range(50000).sortBy(x, -x).size()',
  'distinct elements of a long list': 'lists.range(3000).distinct().size()',
  'a list in a list in a list': `${wrapped('[', '1', ']', 200)} == ${wrapped('[', '1', ']', 200)}`,
  'everything with everything': 'lists.range(1000).all(x, lists.range(1000).exists(y, x == y))',
};

/** Regular expressions on which engines that go back run for ever, and those that are too large. */
const patterns: Readonly<Record<string, string>> = {
  'stars in stars': "object.text.matches('(a*)*c')",
  'alternatives in a star': "object.text.matches('^(a|a|b|ab)*c$')",
  'a star before a star': "object.text.matches('.*.*.*.*.*.*.*.*c')",
  'optionals and as many letters': `'${repeated('a', 30)}'.matches('${repeated('a?', 30)}${repeated('a', 30)}')`,
  'a million repetitions': "'a'.matches('((a{100}){100}){100}')",
  'one repetition too many': "'a'.matches('a{1001}')",
  '10,000 groups': `'a'.matches('${wrapped('(', 'a', ')', 10_000)}')`,
  '2,000 alternatives': `object.text.matches('${Array.from({ length: 2000 }, (_, i) => `x${i}`).join('|')}')`,
  'a class of everything, many times': `object.text.matches('[\\\\p{L}\\\\p{N}]{500}[^\\\\x00-\\\\x{10FFFF}]')`,
  'a pattern of 20,000 characters': `object.text.matches('${repeated('ab', 10_000)}')`,
  'a pattern that is no constant': 'object.text.substring(0, 2000).matches(object.text)',
  'all matches of nothing': "object.text.findAll('').size()",
  'all matches of anything': "object.text.findAll('.*').size()",
  'an open group': "'a'.matches('(')",
  'a backward reference': "'a'.matches('(a)\\\\1')",
  'a look ahead': "'a'.matches('(?=a)')",
};

/** Names that JavaScript's objects have whether anybody put them there or not. */
const names: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'object.__proto__.polluted',
    "object['__proto__'].polluted",
    'object.constructor',
    'object.valueOf + 1',
    'object.hasOwnProperty[0]',
    'object.toString == null',
    'object.length',
    'object.list.length',
    "'abc'.length",
    'object.empty.__proto__',
    'object.empty.constructor',
    'object.empty.?toString.hasValue()',
    'has(object.empty.hasOwnProperty)',
    'has(object.__proto__) && has(object.constructor)',
    "'valueOf' in object.empty",
    "'__proto__' in object",
    "object.list['constructor']",
    "object['__defineGetter__']",
    "{'__proto__': 1}.__proto__",
    "{'__proto__': 1, 'a': 2}.size()",
    "{'constructor': 1} == {'constructor': 1}",
    "{'__proto__': {'a': 1}}.a",
    "{'a': 1}.transformMapEntry(k, v, {'__proto__': v}).__proto__",
    "{'__proto__': 1}.map(k, k)",
    "{'a': 1}.all(constructor, constructor == 'a')",
    '[1].all(__proto__, __proto__ == 1)',
    '[1].map(toString, toString + 1)',
    '[1].map(hasOwnProperty, valueOf)',
    'constructor',
    '__proto__',
    'toString()',
    'hasOwnProperty()',
    'object.constructor()',
    "object.hasOwnProperty('list')",
    'object.list.toString()',
    "'a'.constructor('b')",
    'constructor.name',
    '__proto__{a: 1}',
    'Object{__proto__: 1}',
    'toString{}',
    'type(object.list).constructor',
    "'%constructor'.format([1])",
    'object.list.sortBy(constructor, constructor).size()',
    'optional.of(object).constructor',
    'optional.of(object).?__proto__.polluted.orValue(0)',
  ].map((expression) => [expression, expression]),
);

/** Numbers and characters that are not what they seem. */
const values: Readonly<Record<string, string>> = Object.fromEntries(
  [
    "double('NaN') == double('NaN')",
    "double('NaN') < 1.0 || double('NaN') >= 1.0",
    "[double('NaN')].distinct().size()",
    "double('NaN') in [double('NaN')]",
    "[2.0, double('NaN'), 1.0].max()",
    "[2.0, double('NaN'), 1.0].sort()",
    "int(double('NaN'))",
    "string(double('NaN')) + string(double('-Inf'))",
    "double('Infinity') - double('Infinity') == 0.0",
    '0.0 == -0.0',
    '[0.0] == [-0.0]',
    '-0.0 in [0.0]',
    'string(-0.0)',
    '1.0 / -0.0 < 0.0',
    'string(0.0 * -1.0)',
    '[-0.0, 0.0].distinct().size()',
    '0 == -0.0',
    'dyn(-0.0) == 0',
    "{0: 'a'}[dyn(-0.0)]",
    '9223372036854775807 + 1',
    '-9223372036854775808 - 1',
    '-(-9223372036854775808)',
    '9223372036854775807 == 9223372036854775807.0',
    '9007199254740993 == 9007199254740992',
    '9007199254740993.0 == 9007199254740993',
    '18446744073709551615u + 1u',
    '0u - 1u',
    '-9223372036854775808 / -1',
    '-9223372036854775808 % -1',
    'int(9.3e18)',
    'uint(-1.0)',
    "'\\ud800'",
    "'\\udc00'.size()",
    "'\\U00110000'",
    "b'\\ud800'",
    "'\\U0001F600'.size()",
    "'\\U0001F600x'.charAt(1)",
    "'\\U0001F600'.substring(0, 1) == '\\U0001F600'",
    "bytes('\\U0001F600').size()",
    "string(b'\\xff')",
    "string(b'\\xed\\xa0\\x80')",
    "'\\u0000'.size()",
    "'a\\u0000b'.split('\\u0000')",
    "'\\u202e' + '\\u0007'",
    "timestamp('0000-01-01T00:00:00Z')",
    "timestamp('9999-12-31T23:59:59.999999999Z') + duration('1ns')",
    "duration('9223372036854775807ns') + duration('1ns')",
  ].map((expression) => [expression, expression]),
);

/** What cel-go does in full before it looks at the cost. */
const harmful =
  /doubled|of a billion|of all there is|for ever|replaced|formatted into itself|split into characters/;

const group = (about: string, cases: Readonly<Record<string, string>>): HostileExpression[] =>
  Object.entries(cases).map(([name, expression]) => ({
    about: `${about}: ${name}`,
    expression,
    harmsServer: about === 'bomb' && harmful.test(name),
  }));

/** All of them. */
export const hostileExpressions: readonly HostileExpression[] = [
  ...group('large', large),
  ...group('bomb', bombs),
  ...group('pattern', patterns),
  ...group('name', names),
  ...group('value', values),
];
