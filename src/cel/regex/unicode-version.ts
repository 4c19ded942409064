import type { CodePointSet } from './code-point-set.ts';

/**
 * Gaps and extra lengths, in base 36, of the ranges of code points that Unicode 15.1 to 17.0 assigned.
 * Each entry is the distance from the end of the last range and, after a dot, the length less one.
 */
const encoded =
  '1ov 8 qt 3k 2r7.e 3.b 2r.1 1c 7e.1 tz o6.2 1gt va.3 dh.1 a na4.4 3 2 6.2 l gk2.f ce.1 1j.6 1ki.1f nh.p rr.11 ' +
  '4.s 9.1 8j.5 9.8 y.2 w4.9 2 3 2.11 2.9 2 3 2.3 2.9 2.1 9.1 ku.j vx.7 2h.x f.9 c7.17 5.9 a9 45i.32y 5qe.1l ' +
  '2dj.1l 87.o 3.o 7z.4 4qq.7 zk a.l 2q.36 c9a.70 4.c3 7.m g.g 4io.16 5 5d.u 2.l 9.1 34p 4f.3 8o.9 5.1 f.8 ak.3 ' +
  '1e.1 4.1 1b 8 2 5 f 3 a.1 5 64.10 b 10zk.5 4mb.b 5s3.h9 aj7.3bd';

/**
 * Code points that the JavaScript engine may know and Go 1.26 (Unicode 15.0, which kube-apiserver 1.36 is
 * built with) does not: for Go they are unassigned, have no script and no case.
 */
export const assignedAfterUnicode15: CodePointSet = decode(encoded);

function decode(text: string): CodePointSet {
  const ranges: number[] = [];
  let position = 0;
  for (const entry of text.split(' ')) {
    const [gap, extra = '0'] = entry.split('.');
    const low = position + Number.parseInt(gap!, 36);
    position = low + Number.parseInt(extra, 36);
    ranges.push(low, position);
  }
  return ranges;
}
