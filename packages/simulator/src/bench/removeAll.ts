/**
 * Runs every step that removes data, also after one has failed: a server that has died must not
 * keep the others from being cleaned.
 * @throws the first failure
 */
export async function removeAll(...steps: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) await step().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
