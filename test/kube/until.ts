/**
 * Asks `condition` ten times a second until it holds. Throws when it does not within two minutes; `what` says what was
 * awaited.
 */
export async function until(condition: () => Promise<boolean>, what: string | (() => string)): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error(`not within two minutes: ${typeof what === 'string' ? what : what()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
