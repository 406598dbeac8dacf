import { readFileSync } from "node:fs";
import { type Markup, trusted } from "./markup.ts";

/**
 * The style sheet of the report. It is part of the page, so that the browser loads no other file.
 */
export function styleSheet(): Markup {
  return trusted(readFileSync(new URL("./rushReport.css", import.meta.url), "utf8"));
}
