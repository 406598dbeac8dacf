import type { CoreContext } from "../ports/coreContext.ts";

/** Creates a user of the development issuer. In production another system stores the users. */
export async function createUser(
  core: CoreContext,
  { name }: { name: string },
): Promise<{ userId: number }> {
  return { userId: await core.withTransaction((tx) => core.users.insert(tx, name)) };
}
