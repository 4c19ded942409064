import { listsV3 } from '../extension/lists.ts';
import { sets } from '../extension/sets.ts';
import { stringsV2 } from '../extension/strings.ts';
import type { Library } from '../library.ts';
import { authorizerLibrary, authorizerSelectors } from './authorizer-library.ts';
import { cidrLibrary } from './cidr.ts';
import { formatLibrary } from './format-library.ts';
import { ipLibrary } from './ip.ts';
import { listsV0, listsV1 } from './lists.ts';
import { quantityLibrary } from './quantity-library.ts';
import { regex } from './regex.ts';
import { semverLibrary } from './semver-library.ts';
import { urlLibrary } from './url-library.ts';

/** A library and the minor versions of Kubernetes whose expression environment has it. */
export interface VersionedLibrary {
  readonly library: Library;
  /** The first minor version (27 for 1.27); 0 where it is as old as expressions are. */
  readonly since: number;
  /** The first minor version without it. */
  readonly until?: number;
  /** The server's minor version from which a feature gate adds it to all expressions, whatever `since` says. */
  readonly gatedSince?: number;
}

/**
 * The function libraries of an admission policy's expressions. `jsonpatch.escapeKey` exists in mutations only and is not
 * among them. Source: k8s.io/apiserver `pkg/cel/environment/base.go`.
 */
export const kubernetesLibraries: readonly VersionedLibrary[] = [
  { library: urlLibrary, since: 0 },
  { library: regex, since: 0 },
  { library: listsV0, since: 0, until: 37 },
  { library: authorizerLibrary, since: 27 },
  { library: quantityLibrary, since: 28 },
  { library: stringsV2, since: 29 },
  { library: sets, since: 29 },
  { library: ipLibrary, since: 30 },
  { library: cidrLibrary, since: 30 },
  { library: formatLibrary, since: 31 },
  // A gate, on since 1.32 (beta), decides here instead of the compatibility version.
  { library: authorizerSelectors, since: 31, gatedSince: 32 },
  { library: semverLibrary, since: 33 },
  { library: listsV3, since: 34 },
  { library: listsV1, since: 37 },
];
