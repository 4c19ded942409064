// What the second thread of a scan runs in a single executable, in the place of `dist/second-thread.cjs`.
import { bundlesInside } from './inside.ts';

void bundlesInside('scan').load('scan.cjs')['runThread']!();
