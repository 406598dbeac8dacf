/*
 * A receiver may write the address of a request into its refusal, as the frameworks of many web
 * servers do: "Cannot POST /hook/KEY?token=...". The path and the query of WEBHOOK_URL are often
 * the only credential, and the refusal goes to the log and to the table of notifications.
 */

const MASK = "***";

/** Shorter parts are words such as "v1", which a text may have for other reasons. */
const PART_LENGTH_MIN = 8;

/**
 * Masks the path and the query of a URL in a text, also their longer parts alone, as they are in
 * the URL, decoded, or escaped for HTML.
 */
export function withoutAddress(text: string, address: string): string {
  const { pathname, search, searchParams } = new URL(address);
  const parts = [...pathname.split("/"), ...search.slice(1).split("&"), ...searchParams.values()];
  const secrets = [`${pathname}${search}`, pathname, ...parts].filter(
    (part, at) => part.length >= PART_LENGTH_MIN || (at < 2 && part.length > 1),
  );
  const forms = secrets.flatMap((part) => [part, decoded(part), part.replaceAll("&", "&amp;")]);
  const longestFirst = [...new Set(forms)].toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce((masked, part) => masked.replaceAll(part, MASK), text);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
