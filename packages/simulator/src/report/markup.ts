/** Text that may stand in a page as it is. Only `markup` and `trusted` make it. */
export interface Markup {
  readonly html: string;
}

type Part = Markup | string | number | undefined | false | readonly Part[];

/** A template whose values are escaped, but for those that are markup themselves. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let html = strings[0] ?? "";
  for (const [index, part] of parts.entries()) html += render(part) + (strings[index + 1] ?? "");
  return { html };
}

/** Marks text of our own, such as a style sheet, as safe. Never for what came from outside. */
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

/** Escapes for element content and for quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
