import { MAPPED_USER_ID_MIN, OverloadedError } from "@onsale/core";
import { LRUCache } from "lru-cache";
import { parseId } from "../http/fields.ts";
import { AccessTokenInvalidError } from "../problems/errors.ts";

/**
 * Finds the user of a subject. Returns a promise only when the process does not know the subject.
 * @throws AccessTokenInvalidError for a subject that cannot be a user
 * @throws OverloadedError, DependencyUnavailableError
 */
export type UserOfSubject = (subject: string) => number | Promise<number>;

/**
 * Maximum length of all remembered subjects together, in characters: 100,000 subjects of a usual
 * length. A forgotten subject costs one read.
 */
const REMEMBERED_LENGTH_MAX = 4 * 1024 * 1024;

/**
 * Maximum number of subjects that are looked up at the same time. At the opening of a sale, all
 * buyers are new to a process; beyond this number they would only wait for a connection.
 */
const LOOKUPS_MAX = 256;

/**
 * The subjects that can be recorded. Blanks at the ends are excluded, because MySQL ignores blanks
 * at the end when it compares texts, so that two subjects would have the same user.
 */
const SUBJECT = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

const NUMBER = /^[+-]?\d*\.?\d+$/;

/**
 * Creates the lookup of one process. A subject that is a user id is its own user. Every other
 * subject has the user that core recorded at its first login, and is remembered.
 * @param findUser records the subject if it is new (`userOfSubject` of core)
 */
export function subjectUsers(findUser: (subject: string) => Promise<number>): UserOfSubject {
  const remembered = new LRUCache<string, { readonly userId: number }>({
    maxSize: REMEMBERED_LENGTH_MAX,
    sizeCalculation: (_user, subject) => subject.length,
  });
  const lookups = new Map<string, Promise<number>>();

  async function lookUp(subject: string): Promise<number> {
    try {
      const userId = await findUser(subject);
      remembered.set(subject, { userId });
      return userId;
    } finally {
      lookups.delete(subject);
    }
  }

  return (subject) => {
    const id = parseId(subject);
    if (id !== undefined && id < MAPPED_USER_ID_MIN) return id;
    const known = remembered.get(subject);
    if (known) return known.userId;
    requireMappable(subject);
    const running = lookups.get(subject);
    if (running) return running;
    if (lookups.size >= LOOKUPS_MAX) throw new OverloadedError();
    const lookup = lookUp(subject);
    lookups.set(subject, lookup);
    return lookup;
  };
}

/**
 * Refuses numbers that are no user ids, such as 0 or 007: they are mistakes of the issuer, and a
 * user for them would be shared. Longer numbers, such as those of Google, are names like any other.
 */
function requireMappable(subject: string): void {
  const isWrongNumber = NUMBER.test(subject) && Number(subject) < MAPPED_USER_ID_MIN;
  if (isWrongNumber || !SUBJECT.test(subject)) {
    throw new AccessTokenInvalidError("its subject is not one that a user can have");
  }
}
