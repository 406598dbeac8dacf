import type { CoreContext } from "../ports/coreContext.ts";
import { InvalidInputError } from "../shared/errors.ts";
import { textMistake } from "../shared/visibleText.ts";

/** The width of the column, in characters. */
export const USER_NAME_LENGTH_MAX = 100;

/**
 * Creates a user of the development issuer. In production another system stores the users.
 * @throws InvalidInputError unless the name has 1 to 100 characters, none of them invisible
 */
export async function createUser(
  core: CoreContext,
  { name }: { name: string },
): Promise<{ userId: number }> {
  const composed = name.normalize("NFC");
  const mistake = textMistake(composed, USER_NAME_LENGTH_MAX);
  if (mistake !== undefined) throw new InvalidInputError(`name ${mistake}`, { field: "name" });
  return { userId: await core.withTransaction((tx) => core.users.insert(tx, composed)) };
}
