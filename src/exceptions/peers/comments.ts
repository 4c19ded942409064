/** A comment of another tool in a manifest, which holds for a line or a block and not for an object. */
export interface PeerComment {
  readonly tool: 'trivy' | 'checkov';
  /** The id of the check. */
  readonly check: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

const comment = /#\s*(?:(trivy|tfsec):ignore:([\w-]+)|(checkov):skip=([\w]+))/g;

/** Finds `# trivy:ignore:AVD-KSV-0017` and `# checkov:skip=CKV_K8S_8:...` in the text of a manifest. */
export function peerComments(text: string): PeerComment[] {
  return text.split('\n').flatMap((line, i) =>
    [...line.matchAll(comment)].map((found): PeerComment => ({
      tool: found[3] === undefined ? 'trivy' : 'checkov',
      check: (found[2] ?? found[4])!,
      line: i + 1,
      column: found.index + 1,
    })),
  );
}
