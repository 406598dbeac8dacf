import assert from "node:assert/strict";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Subject } from "../ports/userStore.ts";

/*
 * Users of subjects
 *
 * Problem: Onsale knows users by whole numbers, and an OpenID Connect provider knows them by texts
 * (`sub`), such as UUIDs. Each text must always mean the same user, in every process, and never a
 * user that another text or a numeric subject means.
 *
 * The decision: the first login of a subject takes the next id of the kind "user" and records the
 * pair of issuer and subject. The unique index on the pair decides when two processes record at
 * the same moment: the loser reads the winner's id, and its own id stays unused. Ids of subjects
 * begin at `MAPPED_USER_ID_MIN`; a numeric subject below is a user id itself.
 *
 * Failures: while MySQL does not answer, a subject that the process does not know yet cannot log
 * in. Known subjects need no server (the API remembers them).
 *
 * Not promised: one user for a person who has accounts at two issuers. A row is never changed or
 * removed, so a subject that an issuer gives to another person keeps its user.
 */

/**
 * Finds the user of a subject, and records the subject at its first login.
 * @throws DependencyUnavailableError while MySQL does not answer
 */
export async function userOfSubject(
  core: Pick<CoreContext, "users" | "idAllocator" | "withTransaction">,
  subject: Subject,
): Promise<number> {
  const known = await core.users.findSubject(null, subject);
  if (known !== undefined) return known;
  const userId = await core.idAllocator.next("user");
  return core.withTransaction(async (tx) => {
    await core.users.insertSubject(tx, subject, userId);
    const recorded = await core.users.findSubject(tx, subject);
    assert(recorded !== undefined, "the subject was recorded in this transaction");
    return recorded;
  });
}
