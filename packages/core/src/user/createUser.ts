import type { CoreContext } from "../ports/coreContext.ts";

/** A user of the development issuer; in production another system knows the users. */
export async function createUser(
  core: CoreContext,
  { name }: { name: string },
): Promise<{ userId: number }> {
  return { userId: await core.withTransaction((tx) => core.users.insert(tx, name)) };
}
