/** Something in the catalogue is not as it should be; the message names every file and place. */
export class CatalogueError extends Error {
  override readonly name = 'CatalogueError';
}
