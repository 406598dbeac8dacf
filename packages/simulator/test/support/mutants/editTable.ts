import type { GeneratedEdit } from "./generatedEdits.ts";
import { unseenEdits } from "./unseenEdits.ts";

/** Maps the name of each edit to what the seeds and the conformance cases found. */
export interface EditResults {
  readonly seenIn: ReadonlyMap<
    string,
    { readonly seed: number; readonly checks: readonly string[] }
  >;
  readonly failingCases: ReadonlyMap<string, string>;
  /**
   * The first seed that detects the edit together with its guards (`UnseenEdit`), and the checks
   * that fail; null when no seed detects it.
   */
  readonly withGuards: ReadonlyMap<string, string | null>;
}

/**
 * The counts and the table of docs/develop/MUTANTS.md.
 * @param seeds number of seeds, from 1 on, that each edit without a sighting ran in
 */
export function tableOfEdits(
  edits: readonly GeneratedEdit[],
  results: EditResults,
  seeds: number,
): string {
  const { seenIn, failingCases } = results;
  const names = edits.map(({ name }) => name);
  const unseen = names.filter((name) => !seenIn.has(name));
  const byCases = unseen.filter((name) => failingCases.has(name));
  const rest = unseen.filter((name) => !failingCases.has(name));
  const last = Math.max(0, ...[...seenIn.values()].map(({ seed }) => seed));
  const rows = edits.map(({ name, statement, says }) => {
    const sighting = seenIn.get(name);
    const how = sighting ? sighting.checks.join(", ") : reasonOf(name, results);
    const cells = [`\`${statement}\` ${says}`, sighting?.seed ?? "–", how];
    return `| ${[...cells, failingCases.get(name) ?? "–"].join(" | ")} |`;
  });
  return [
    `${names.length} edits. ${names.length - unseen.length} are detected by one of the first ` +
      `${last} seeds, and ${byCases.length} others by a conformance case.`,
    `Neither detects the other ${rest.length}. Each edit that no seed detects ran in the ` +
      `first ${seeds} seeds.`,
    "",
    "| Edit | First seed | Checks that fail, or why none does | Conformance case that fails |",
    "|---|---:|---|---|",
    ...rows,
  ].join("\n");
}

/** Why no seed detects the edit alone, and which checks fail when its guards are made too. */
function reasonOf(name: string, { withGuards }: EditResults): string {
  const { why = "no reason is known", guards = [] } = unseenEdits.get(name) ?? {};
  const seen = withGuards.get(name);
  if (seen === undefined) return why;
  const dropped = guards.map((guard) => `\`${guard.replace(" ", "` ")}`);
  return `${why}. With ${dropped.join(" and ")}: ${seen ?? "no seed detects it"}`;
}
