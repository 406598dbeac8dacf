import { readFileSync } from "node:fs";
import { type Markup, trusted } from "./markup.ts";

/** The look of the report; it goes into the page, so that nothing is fetched. */
export function styleSheet(): Markup {
  return trusted(readFileSync(new URL("./rushReport.css", import.meta.url), "utf8"));
}
