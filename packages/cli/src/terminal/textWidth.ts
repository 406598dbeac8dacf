import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
/** Printable ASCII: each character takes one column. */
const ASCII = /^[\x20-\x7e]*$/;

/**
 * Returns the number of columns that a line takes in a terminal: two for a Korean character or an
 * emoji. The library `string-width` is loaded only for a text beyond ASCII, because loading the
 * library takes 40 ms of each command.
 */
export function textWidth(line: string): number {
  if (ASCII.test(line)) return line.length;
  const library: typeof import("string-width") = require("string-width");
  return library.default(line);
}

/** Breaks a text into lines of at most `width` columns. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines = text.split("\n");
  if (lines.every((line) => textWidth(line) <= width)) return lines;
  const library: typeof import("wrap-ansi") = require("wrap-ansi");
  return library.default(text, width, { hard: true }).split("\n");
}
