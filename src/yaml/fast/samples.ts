import fc from 'fast-check';

/** Manifests with every form that people write, as seeds for the tests that compare both readers. */
export const SAMPLES: readonly string[] = [
  `# a comment
apiVersion: apps/v1
kind: Deployment   # another
metadata:
  name: web
  labels: {app: web, "tier" : 'front', n: 1,}
  annotations:
    note: "a \\"quoted\\" text\\u0041\\n"
    it: 'it''s'
    empty:
    nothing: ~
spec:
  replicas: 0x10
  paused: yes
  template:
    spec:
      containers:
      - name: web
        image: registry.example.com:5000/web:1.2   # registry
        args: ["--a=b", -v, 'c d',
          e: f]
        command: [
          sh, -c,   # shell
          "echo hi"
        ]
        ports:
        - containerPort: 8080
          protocol: TCP
        -   hostPort: 1
            name: x
      -
        name: side
        image: a/b@sha256:0123
      - {name: third, env: [{name: A, value: "1"}, {name: B}]}
      volumes: []
      emptyMap: {}
`,
  `apiVersion: v1
kind: ConfigMap
metadata:
  name: c
data:
  script: |
    #!/bin/sh
    if true; then
      echo "x: y"
    fi

    exit 0
  folded: >-
    one
    two

      deeper
    three

  keep: |+
    a

  indented: |2
      two more
    less
  tabs: |
    x
    \ty
  url: http://example.com:80/a#b
  time: 12:30
  date: 2001-01-01
  big: 12345678901234567890
  float: 1.50
  inf: x.inf
  oct: 0777
binary: no
"quoted key": 1
'single': 2
`,
  `- a
- - b
  - c:
    - d
    e: f
  -
- g: 1
  h:
  - 2
  i: - 3
-
- "k": v
- |
  text
- >
  folded
  text
- [x, [y, {z: []}]]
`,
  `kind: List
apiVersion: v1
items:
- kind: Namespace
  metadata: {name: a}
  spec:
- kind: Namespace
  metadata:
    name: b

    # comment
    labels:
      a.b/c: d
  kind: Again
  __proto__: {x: 1}
  toString: 1
  "yes": on
`,
  `a: 1\r\nb:\r\n  - c\r\n  - d: |\r\n      e\r\n      f\r\n    g: 'h'\r\n# i\r\nj: {k: l}\r\n`,
  `rules:\n- alert: Down\n  expr: up{job="a"} == 0 and on(x) y > 1\n  for: 5m\n  labels: {severity: page}\n  text: a b: c\n`,
];

/** Pieces that change the meaning of a text, or break it. */
const TOKENS =
  'a¦b¦: ¦:¦- ¦-¦? ¦\n¦\n  ¦\n    ¦ ¦  ¦\t¦[¦]¦{¦}¦, ¦,¦"¦\'¦|¦>¦|-\n¦|+\n¦>\n¦ #c¦# c\n¦#¦&x ¦*x¦!!str ¦!¦%¦@¦`¦<<: ¦yes¦~¦null¦0x1¦1_0¦1e3¦' +
  '.inf¦\r\n¦\r¦...¦\n...\n¦---¦--- ¦\\¦\\n¦\\u0041¦\\x4¦\\/¦""¦\'\'¦[]¦{}¦\ufeff¦\u0085¦\u2028¦\0¦\ud83d\ude00¦\ud800¦é¦__proto__: ¦a: 1\n¦<<¦1: ¦"a": ¦=¦- - ¦- a: b\n';

const token = fc.constantFrom(...TOKENS.split('¦'));

/** A sample with a few hostile changes: pieces inserted, cut out, lines moved in or out, repeated or left out. */
export const mutated: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...SAMPLES),
    fc.array(
      fc.record({
        kind: fc.constantFrom(
          'insert',
          'insert',
          'cut',
          'indent',
          'dedent',
          'repeat',
          'drop',
          'end',
          'break',
        ),
        at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        length: fc.integer({ min: 1, max: 6 }),
        token,
      }),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([sample, changes]) => changes.reduce(change, sample));

interface Change {
  readonly kind: string;
  readonly at: number;
  readonly length: number;
  readonly token: string;
}

function change(text: string, { kind, at, length, token: piece }: Change): string {
  const offset = Math.floor(at * text.length);
  switch (kind) {
    case 'insert':
      return text.slice(0, offset) + piece + text.slice(offset);
    case 'cut':
      return text.slice(0, offset) + text.slice(offset + length);
    case 'break':
      return `${text.slice(0, offset)}\n${' '.repeat(length)}${text.slice(offset)}`;
    case 'end':
      return text.slice(0, offset);
    default:
  }
  const lines = text.split('\n');
  const line = Math.floor(at * lines.length);
  if (kind === 'indent') lines[line] = ' '.repeat(length) + lines[line]!;
  else if (kind === 'dedent') lines[line] = lines[line]!.replace(new RegExp(`^ {1,${length}}`), '');
  else if (kind === 'repeat') lines.splice(line, 0, lines[line]!);
  else lines.splice(line, 1);
  return lines.join('\n');
}

/** Pieces in any order. */
export const soup: fc.Arbitrary<string> = fc.array(token, { maxLength: 25 }).map((pieces) => pieces.join(''));

const word = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'name',
    'x y',
    '1',
    '007',
    'true',
    'off',
    'a:b',
    'a#b',
    '-1',
    '--x',
    "it's",
    'a"b',
    'null',
    '~',
  ),
  fc.constantFrom(
    '"q"',
    "'s'",
    '"a: b"',
    "'# c'",
    '"\\t"',
    '[]',
    '{}',
    '[a, b]',
    '{a: b}',
    '{a: [1, {c: d}]}',
    '',
    '""',
  ),
  token,
);

/** Lines of keys, items and values whose indentation is mostly, not always, what it should be. */
export const lines: fc.Arbitrary<string> = fc
  .array(
    fc.record({
      step: fc.constantFrom(-4, -2, -2, -1, 0, 0, 0, 0, 1, 2, 2, 4),
      dashes: fc.constantFrom('', '', '', '- ', '- - ', '-   '),
      key: fc.constantFrom('a: ', 'b: ', 'c:', 'd : ', '"e": ', "'f':  ", 'a: ', ''),
      value: word,
      comment: fc.constantFrom('', '', '', ' # c', '#', '  ', '\n', '\n# c', '\n      # c'),
    }),
    { maxLength: 12 },
  )
  .map((all) => {
    let indent = 0;
    return all
      .map(({ step, dashes, key, value, comment }) => {
        indent = Math.max(0, indent + step);
        return `${' '.repeat(indent)}${dashes}${key}${value}${comment}\n`;
      })
      .join('');
  });

/** Block scalars with all headers and odd lines. */
export const blocks: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('a: ', '- ', '  b:\n    c: ', '- - ', '- d: ', ''),
    fc.constantFrom('|', '>', '|-', '>-', '|+', '>+', '|2', '>1-', '|-3', '| # c', '|#', '|  ', '>0'),
    fc.array(
      fc.oneof(
        {
          weight: 4,
          arbitrary: fc.constantFrom(
            '',
            '  ',
            '      x',
            '      # y',
            '      z: |',
            '        deeper',
            '      \tt',
            '      .  ',
          ),
        },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            ...' ¦   ¦      ¦         ¦  x y ¦    z¦ w¦\tt¦  \tu¦   v¦  # n¦# o¦  ...¦...¦  \r¦e: f¦  g: h¦- i¦      é'.split(
              '¦',
            ),
          ),
        },
      ),
      { maxLength: 8 },
    ),
    fc.constantFrom('\n', '\n', '', '\r\n'),
    fc.constantFrom('', 'a: 1\n', '- k', '  l: m\n', '   '),
  )
  .map(([head, header, body, last, rest]) => `${head}${header}\n${body.join('\n')}${last}${rest}`);
