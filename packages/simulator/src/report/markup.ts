/** HTML that needs no escaping. Only `markup` and `trusted` create it. */
export interface Markup {
  readonly html: string;
}

type Part = Markup | string | number | undefined | false | readonly Part[];

/** A template that escapes its values, except for values that are markup. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let html = strings[0] ?? "";
  for (const [index, part] of parts.entries()) html += render(part) + (strings[index + 1] ?? "");
  return { html };
}

/**
 * Marks text of this program, such as a style sheet, as safe. Must not be used for text from
 * outside.
 */
export function trusted(html: string): Markup {
  return { html };
}

function render(part: Part): string {
  if (part === undefined || part === false) return "";
  if (typeof part === "number") return String(part);
  if (typeof part === "string") return escapeHtml(part);
  if ("html" in part) return part.html;
  return part.map(render).join("");
}

/** Escapes a text for element content and for quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
