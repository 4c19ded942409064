import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDocuments } from '../document.ts';
import type { Change } from './change.ts';
import { edit } from './rewrite.ts';
import { applySplices } from './splice.ts';

interface Case {
  readonly name: string;
  readonly before: string;
  readonly changes: readonly Change[];
  readonly after: string;
  readonly refused?: readonly string[];
}

/** With comments wherever a change could lose or move one. */
const pod = `apiVersion: v1
kind: Pod
metadata:
  name: web   # the name
spec:
  # before
  containers:
  - name: a
    image: "nginx"  # latest
    securityContext:
      privileged: true   # why?
  - name: b
    image: 'x'
    args: [a, "b"]
    # trailing
  volumes: []
  hostPID: true
# end
`;

const cases: readonly Case[] = [
  {
    name: 'text that would end an item of a flow collection gets quotes there, and only there',
    before: "a: [x, 'y', z]\nb: {c: x}\nd: x\n",
    changes: [
      { op: 'set', path: ['a', 0], value: '--plugins=A,B' },
      { op: 'set', path: ['a', 1], value: 'A, 😀' },
      { op: 'set', path: ['a', 2], value: '--plugins=A' },
      { op: 'set', path: ['b', 'c'], value: 'x}' },
      { op: 'set', path: ['d'], value: '--plugins=A,B' },
    ],
    after: 'a: ["--plugins=A,B", "A, 😀", --plugins=A]\nb: {c: "x}"}\nd: --plugins=A,B\n',
  },
  {
    name: 'scalars keep their quotes, comments stay',
    before: pod,
    changes: [
      { op: 'set', path: ['spec', 'containers', 0, 'image'], value: 'nginx:1.2' },
      { op: 'set', path: ['spec', 'containers', 0, 'securityContext', 'privileged'], value: false },
      { op: 'set', path: ['spec', 'containers', 1, 'image'], value: "it's" },
    ],
    after: `apiVersion: v1
kind: Pod
metadata:
  name: web   # the name
spec:
  # before
  containers:
  - name: a
    image: "nginx:1.2"  # latest
    securityContext:
      privileged: false   # why?
  - name: b
    image: 'it''s'
    args: [a, "b"]
    # trailing
  volumes: []
  hostPID: true
# end
`,
  },
  {
    name: 'what is added stands at the end of its mapping, parents included',
    before: pod,
    changes: [
      { op: 'set', path: ['spec', 'containers', 0, 'securityContext', 'runAsNonRoot'], value: true },
      {
        op: 'set',
        path: ['spec', 'containers', 1, 'securityContext', 'capabilities', 'drop'],
        value: ['ALL'],
      },
      { op: 'set', path: ['spec', 'securityContext', 'seccompProfile', 'type'], value: 'RuntimeDefault' },
    ],
    after: `apiVersion: v1
kind: Pod
metadata:
  name: web   # the name
spec:
  # before
  containers:
  - name: a
    image: "nginx"  # latest
    securityContext:
      privileged: true   # why?
      runAsNonRoot: true
  - name: b
    image: 'x'
    args: [a, "b"]
    securityContext:
      capabilities:
        drop:
        - ALL
    # trailing
  volumes: []
  hostPID: true
  securityContext:
    seccompProfile:
      type: RuntimeDefault
# end
`,
  },
  {
    name: 'lines of what is removed go, others stay',
    before: pod,
    changes: [
      { op: 'remove', path: ['spec', 'hostPID'] },
      { op: 'remove', path: ['spec', 'containers', 0, 'securityContext', 'privileged'] },
      { op: 'remove', path: ['spec', 'containers', 1, 'args', 0] },
    ],
    after: `apiVersion: v1
kind: Pod
metadata:
  name: web   # the name
spec:
  # before
  containers:
  - name: a
    image: "nginx"  # latest
    securityContext: {}   # why?
  - name: b
    image: 'x'
    args: ["b"]
    # trailing
  volumes: []
# end
`,
  },
  {
    name: 'the key behind a dash goes, the next one moves up',
    before: pod,
    changes: [
      { op: 'remove', path: ['spec', 'containers', 0, 'name'] },
      { op: 'remove', path: ['spec', 'containers', 1] },
    ],
    after: `apiVersion: v1
kind: Pod
metadata:
  name: web   # the name
spec:
  # before
  containers:
  - image: "nginx"  # latest
    securityContext:
      privileged: true   # why?
    # trailing
  volumes: []
  hostPID: true
# end
`,
  },
  {
    name: 'items are appended in the style of the list',
    before: pod,
    changes: [
      { op: 'set', path: ['spec', 'containers', 2], value: { name: 'c', image: 'y' } },
      { op: 'set', path: ['spec', 'volumes', 0], value: { name: 'v', emptyDir: {} } },
      { op: 'set', path: ['spec', 'containers', 1, 'args', 2], value: 'c d: e' },
    ],
    after: `apiVersion: v1
kind: Pod
metadata:
  name: web   # the name
spec:
  # before
  containers:
  - name: a
    image: "nginx"  # latest
    securityContext:
      privileged: true   # why?
  - name: b
    image: 'x'
    args: [a, "b", "c d: e"]
  - name: c
    image: "y"
    # trailing
  volumes:
  - name: v
    emptyDir: {}
  hostPID: true
# end
`,
  },
  {
    name: 'lines end as they did',
    before: `apiVersion: v1
kind: Pod
metadata:
  name: web   # the name
spec:
  # before
  containers:
  - name: a
    image: "nginx"  # latest
    securityContext:
      privileged: true   # why?
  - name: b
    image: 'x'
    args: [a, "b"]
    # trailing
  volumes: []
  hostPID: true
# end
`.replaceAll('\n', '\r\n'),
    changes: [
      {
        op: 'set',
        path: ['spec', 'containers', 1, 'securityContext', 'capabilities', 'drop'],
        value: ['ALL'],
      },
      { op: 'remove', path: ['spec', 'hostPID'] },
    ],
    after: `apiVersion: v1
kind: Pod
metadata:
  name: web   # the name
spec:
  # before
  containers:
  - name: a
    image: "nginx"  # latest
    securityContext:
      privileged: true   # why?
  - name: b
    image: 'x'
    args: [a, "b"]
    securityContext:
      capabilities:
        drop:
        - ALL
    # trailing
  volumes: []
# end
`.replaceAll('\n', '\r\n'),
  },
  {
    name: 'JSON stays JSON, in lines where it has them',
    before: `{
  "apiVersion": "v1",
  "kind": "Pod",
  "spec": {
    "containers": [
      {
        "name": "a",
        "x": {}
      }
    ],
    "hostPID": true
  }
}`,
    changes: [
      { op: 'set', path: ['spec', 'containers', 0, 'securityContext'], value: { privileged: false } },
      { op: 'remove', path: ['spec', 'hostPID'] },
      { op: 'set', path: ['spec', 'containers', 0, 'x', 'y'], value: [1, '2'] },
    ],
    after: `{
  "apiVersion": "v1",
  "kind": "Pod",
  "spec": {
    "containers": [
      {
        "name": "a",
        "x": { "y": [1, "2"] },
        "securityContext": {
          "privileged": false
        }
      }
    ]
  }
}`,
  },
  {
    name: 'JSON in one line',
    before: `{"a":1,"b":{"c":[1,2]}}`,
    changes: [
      { op: 'set', path: ['b', 'd'], value: true },
      { op: 'remove', path: ['a'] },
      { op: 'set', path: ['b', 'c', 2], value: 3 },
    ],
    after: `{"b":{"c":[1,2,3],"d":true}}`,
  },
  {
    name: 'JSON in one line, with blanks',
    before: `{"a": [1], "b": {}}`,
    changes: [
      { op: 'set', path: ['a', 1], value: { x: [1, 'y'] } },
      { op: 'set', path: ['c'], value: { d: true } },
    ],
    after: `{"a": [1, { "x": [1, "y"] }], "b": {}, "c": { "d": true }}`,
  },
  {
    name: 'JSON in lines indented by tabs, at the end of a list too',
    before: '{\r\n\t"a": [\r\n\t\t{"b": 1}\r\n\t]\r\n}',
    changes: [
      { op: 'set', path: ['a', 1], value: { c: ['d', {}], e: [] } },
      { op: 'set', path: ['f'], value: { g: 'h' } },
    ],
    after:
      '{\r\n\t"a": [\r\n\t\t{"b": 1},\r\n\t\t{\r\n\t\t\t"c": [\r\n\t\t\t\t"d",\r\n\t\t\t\t{}\r\n\t\t\t],\r\n\t\t\t"e": []\r\n\t\t}\r\n\t],\r\n\t"f": {\r\n\t\t"g": "h"\r\n\t}\r\n}',
  },
  {
    name: 'what aliases and merges share is refused',
    before: `a: &x
  k: 1
b: *x
c:
  <<: *x
  m: 2
`,
    changes: [
      { op: 'set', path: ['a', 'k'], value: 2 },
      { op: 'set', path: ['b', 'k'], value: 3 },
      { op: 'set', path: ['c', 'k'], value: 3 },
      { op: 'set', path: ['c', 'm'], value: 4 },
      { op: 'remove', path: ['c', 'k'] },
    ],
    after: `a: &x
  k: 1
b: *x
c:
  <<: *x
  m: 4
`,
    refused: [
      'a: an alias repeats it, which would change too: &x',
      'b: it is written elsewhere: *x',
      'c.k: it comes through a merge: <<',
    ],
  },
  {
    name: 'values that are not written',
    before: `a:
b: ~
c: null # x
d:   
  - 
  - 1
`,
    changes: [
      { op: 'set', path: ['a', 'k'], value: 2 },
      { op: 'set', path: ['b', 'k'], value: [{ x: 1 }] },
      { op: 'set', path: ['c', 'k', 'z'], value: 3 },
      { op: 'set', path: ['d', 0], value: 'x' },
      { op: 'set', path: ['d', 1], value: { a: 1 } },
    ],
    after: `a:
  k: 2
b:
  k:
    - x: 1
c: # x
  k:
    z: 3
d:   
  - x
  - a: 1
`,
  },
  {
    name: 'indentation is that of the document',
    before: `a:
    b:
      - x: |+
          text


      - y
    c: 1
`,
    changes: [
      { op: 'set', path: ['a', 'b', 0, 'z'], value: 'n' },
      { op: 'set', path: ['a', 'l'], value: ['p', { q: 1, r: ['s'] }] },
    ],
    after: `a:
    b:
      - x: |+
          text


        z: "n"
      - y
    c: 1
    l:
      - p
      - q: 1
        r:
          - s
`,
  },
  {
    name: 'flow collections',
    before: `a: {b: 1, c: [x, y]}
d: {}
e: {
  f: 1,
}
`,
    changes: [
      { op: 'set', path: ['a', 'n'], value: { o: 'p,q' } },
      { op: 'remove', path: ['a', 'b'] },
      { op: 'remove', path: ['a', 'c', 1] },
      { op: 'set', path: ['d', 'k'], value: 'v' },
      { op: 'set', path: ['e', 'g'], value: 2 },
    ],
    after: `a: {c: [x], "n": {o: "p,q"}}
d:
  k: v
e: {
  f: 1,
  g: 2
}
`,
  },
  {
    name: 'no line break at the end',
    before: `a: 1
b: 2`,
    changes: [
      { op: 'remove', path: ['b'] },
      { op: 'set', path: ['c'], value: 3 },
    ],
    after: `a: 1
c: 3`,
  },
  {
    name: 'no line break at the end, with a block',
    before: `a: 1
b: 2`,
    changes: [
      { op: 'set', path: ['b', 'x'], value: 3 },
      { op: 'set', path: ['d'], value: 'yes' },
    ],
    after: `a: 1
b:
  x: 3
d: "yes"`,
  },
  {
    name: 'nested lists and texts of several lines',
    before: `a:
- - 1
  - 2
- b: "x
    y"
  c: >-
    folded
    text
`,
    changes: [
      { op: 'set', path: ['a', 0, 0], value: 5 },
      { op: 'remove', path: ['a', 0, 1] },
      { op: 'set', path: ['a', 1, 'c'], value: 'z' },
      { op: 'set', path: ['a', 1, 'b'], value: 'q' },
    ],
    after: `a:
- - 5
- b: "q"
  c: z
`,
  },
  {
    name: 'one of several documents',
    before: `---
# c
a: 1 # x
...
---
b: 2
`,
    changes: [{ op: 'set', path: ['a'], value: { x: 1 } }],
    after: `---
# c
a: # x
  x: 1
...
---
b: 2
`,
  },
  {
    name: 'what is added to the outer mapping stands in the place of the last line of the inner one',
    before: `spec:
  inner:
    a: 1
    b: 2
    c: 3
# end
`,
    changes: [
      { op: 'remove', path: ['spec', 'inner', 'b'] },
      { op: 'remove', path: ['spec', 'inner', 'c'] },
      { op: 'set', path: ['spec', 'inner', 'd'], value: 4 },
      { op: 'set', path: ['spec', 'x'], value: { k: true } },
      { op: 'set', path: ['spec', 'z'], value: 'end' },
    ],
    after: `spec:
  inner:
    a: 1
    d: 4
  x:
    k: true
  z: end
# end
`,
  },
  {
    name: 'the same with CRLF and without a line break at the end',
    before: 'spec:\r\n  inner:\r\n    a: 1\r\n    b: 2\r\n    c: 3',
    changes: [
      { op: 'remove', path: ['spec', 'inner', 'b'] },
      { op: 'remove', path: ['spec', 'inner', 'c'] },
      { op: 'set', path: ['spec', 'x'], value: true },
    ],
    after: 'spec:\r\n  inner:\r\n    a: 1\r\n  x: true',
  },
  {
    name: 'the last two lines go where no line break is at the end',
    before: 'a: 1\nb: 2\nc: 3',
    changes: [
      { op: 'remove', path: ['b'] },
      { op: 'remove', path: ['c'] },
    ],
    after: 'a: 1',
  },
  {
    name: 'the last entry of a flow mapping goes and others come',
    before: `spec: {a: [1], hostPID: true}
other: {a: 1, b: 2, c: 3,}
`,
    changes: [
      { op: 'remove', path: ['spec', 'hostPID'] },
      { op: 'set', path: ['spec', 'x'], value: { k: true } },
      { op: 'remove', path: ['other', 'b'] },
      { op: 'remove', path: ['other', 'c'] },
      { op: 'set', path: ['other', 'd'], value: 4 },
    ],
    after: `spec: {a: [1], x: {k: true}}
other: {a: 1, d: 4,}
`,
  },
];

for (const { name, before, changes, after, refused = [] } of cases) {
  test(name, () => {
    const document = [...readDocuments(before)].find(({ isEmpty }) => !isEmpty)!;
    const edited = edit(document, changes);
    assert.equal(applySplices(before, edited.splices), after);
    assert.deepEqual(
      edited.refused.map(({ path, reason }) => `${path.join('.')}: ${reason}`),
      refused,
    );
  });
}

test('splices that overlap are a mistake', () => {
  const splices = [
    { start: 0, end: 2, text: 'x' },
    { start: 1, end: 3, text: 'y' },
  ];
  assert.throws(() => applySplices('abc', splices), RangeError);
});

test('a document that cannot be read is not changed', () => {
  const [document] = [...readDocuments('a: [')];
  const { refused, splices } = edit(document!, [{ op: 'set', path: ['a'], value: 1 }]);
  assert.deepEqual([splices.length, refused[0]?.reason], [0, 'the document cannot be read']);
});
