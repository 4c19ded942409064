/** The name inside of an executable of the compiled code of a bundle for a verb. */
export function codeName(verb: string, bundle: string): string {
  return `code/${verb}/${bundle}`;
}
