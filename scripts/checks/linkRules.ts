import { posix } from "node:path";
import type { Finding, SourceText } from "./finding.ts";

/** A link in Markdown, `[text](target)`, or an image. The target may have an anchor. */
const LINK = /\]\(([^()\s]+(?:\([^()\s]*\))?)\)/g;
const EXTERNAL = /^[a-z][a-z+.-]*:/;
const FENCE = /^\s*(```|~~~)/;

/**
 * Returns the anchor that GitHub makes from a heading: lower case, without punctuation, with a
 * hyphen for each space.
 */
export function anchorOf(heading: string): string {
  const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
}

/** Returns the anchors of a page. A repeated heading gets a number. */
function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  const seen = new Map<string, number>();
  for (const { line } of linesOutsideCode(text)) {
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const anchor = anchorOf(heading);
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    anchors.add(count === 0 ? anchor : `${anchor}-${count}`);
  }
  return anchors;
}

/** Yields the lines of a Markdown page that are not in a code block. */
export function* linesOutsideCode(text: string): Generator<{ line: string; number: number }> {
  let isCode = false;
  for (const [index, line] of text.split("\n").entries()) {
    if (FENCE.test(line)) isCode = !isCode;
    else if (!isCode) yield { line, number: index + 1 };
  }
}

/**
 * Checks the relative links of Markdown pages: a link must lead to a file or folder of the
 * repository, and an anchor to a heading of its page.
 */
export function checkLinks(sources: readonly SourceText[], paths: ReadonlySet<string>): Finding[] {
  const pages = new Map(sources.filter(isPage).map(({ path, text }) => [path, text]));
  const anchors = new Map([...pages].map(([path, text]) => [path, anchorsOf(text)]));
  const findings: Finding[] = [];
  for (const [path, text] of pages) {
    for (const { line, number } of linesOutsideCode(text)) {
      for (const [, target = ""] of line.matchAll(LINK)) {
        if (EXTERNAL.test(target)) continue;
        const [file = "", anchor] = target.split("#");
        const to = file === "" ? path : posix.join(posix.dirname(path), file).replace(/\/$/, "");
        const add = (advice: string): void =>
          void findings.push({ path, line: number, rule: "dead-link", advice });
        if (!paths.has(to)) add(`${target}: there is no such file in the repository`);
        else if (anchor !== undefined && pages.has(to) && !anchors.get(to)?.has(anchor)) {
          add(`${target}: the page has no heading with this anchor`);
        }
      }
    }
  }
  return findings;
}

function isPage({ path }: SourceText): boolean {
  return path.endsWith(".md");
}
