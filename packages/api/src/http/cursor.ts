import { z } from "zod";
import { parseId, queryInt } from "./fields.ts";

/** Maximum length of a cursor: longer than the cursor of any id. Longer texts are not decoded. */
const CURSOR_LENGTH_MAX = 64;

/**
 * Maximum number of entries on a page: few enough for one round trip, and enough that a list needs
 * few pages.
 */
const PAGE_LIMIT_MAX = 100;
const PAGE_LIMIT_DEFAULT = 20;

/** Makes the cursor of the next page. Clients must not interpret it, so its content may change. */
export function encodeCursor(lastId: number): string {
  return Buffer.from(`id:${lastId}`).toString("base64url");
}

/** Returns the id in a cursor of `encodeCursor`; undefined for any other text. */
export function decodeCursor(cursor: string): number | undefined {
  if (cursor.length > CURSOR_LENGTH_MAX) return undefined;
  const text = Buffer.from(cursor, "base64url").toString("latin1");
  const id = text.startsWith("id:") ? parseId(text.slice(3)) : undefined;
  return id !== undefined && encodeCursor(id) === cursor ? id : undefined;
}

/** The query fields of a paged list. */
export const pageQuery = {
  cursor: z
    .string()
    .transform((text, context) => {
      const id = decodeCursor(text);
      if (id === undefined) {
        context.addIssue({
          code: "custom",
          message: "Must be the nextCursor of an earlier answer",
        });
      }
      return id;
    })
    .optional()
    .meta({
      description: "`nextCursor` of the previous page",
      override: { type: "string", maxLength: CURSOR_LENGTH_MAX },
    }),
  limit: queryInt(1, PAGE_LIMIT_MAX, PAGE_LIMIT_DEFAULT).meta({
    description: "Maximum number of entries on the page",
  }),
};

/** The field of an answer that belongs to `pageQuery`. */
export const nextCursor = z
  .string()
  .nullable()
  .meta({ description: "Where the next page begins; null on the last page" });

/**
 * Makes a page from the entries of a query that asked for one entry more than the page has. The
 * extra entry shows that there is a next page.
 * @returns the page, and the cursor of the next one or null
 */
export function pageOf<T extends { readonly id: number }>(
  entries: readonly T[],
  limit: number,
): { page: readonly T[]; nextCursor: string | null } {
  const page = entries.slice(0, limit);
  const last = page.at(-1);
  const more = entries.length > limit && last !== undefined;
  return { page, nextCursor: more ? encodeCursor(last.id) : null };
}
