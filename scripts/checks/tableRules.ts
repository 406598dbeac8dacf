import type { Finding, SourceText } from "./finding.ts";
import { linesOutsideCode } from "./linkRules.ts";

/**
 * Checks the tables of a Markdown page: each row must have as many cells as its header. A browser
 * shows no cell beyond the header's, so a stray `|` hides the rest of a sentence.
 */
export function checkTables({ path, text }: SourceText): Finding[] {
  if (!path.endsWith(".md")) return [];
  const findings: Finding[] = [];
  let columns: number | undefined;
  for (const { line, number } of linesOutsideCode(text)) {
    if (!/^\s*\|/.test(line)) {
      columns = undefined;
      continue;
    }
    const cells = cellCount(line);
    columns ??= cells;
    if (cells === columns) continue;
    const advice = `the row has ${cells} cells, and the header ${columns}; write \\| in a text`;
    findings.push({ path, line: number, rule: "table-row", advice });
  }
  return findings;
}

/** Counts the cells of a row that begins and ends with `|`. */
function cellCount(row: string): number {
  return row.replace(/\\\|/g, "").split("|").length - 2;
}
