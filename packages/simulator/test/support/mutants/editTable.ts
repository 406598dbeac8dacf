import type { GeneratedEdit } from "./generatedEdits.ts";
import { unseenEdits } from "./unseenEdits.ts";

/** Maps the name of each edit to what the seeds and the conformance cases found. */
export interface EditResults {
  readonly seenIn: ReadonlyMap<
    string,
    { readonly seed: number; readonly checks: readonly string[] }
  >;
  readonly failingCases: ReadonlyMap<string, string>;
  /** Results with the guards of the edit dropped too; null when no seed sees anything. */
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
    `${names.length} edits. ${names.length - unseen.length} are seen by one of the first ${last} ` +
      `seeds, and ${byCases.length} others by a conformance case.`,
    `Neither sees the other ${rest.length}. Each edit that no seed sees ran in the first ` +
      `${seeds} seeds.`,
    "",
    "| Edit | First seed | Seen by, or why no seed sees it | Conformance case that sees it |",
    "|---|---:|---|---|",
    ...rows,
  ].join("\n");
}

/** Why the seeds do not see the edit, and what they see when its guards are dropped too. */
function reasonOf(name: string, { withGuards }: EditResults): string {
  const { why = "no reason is known", guards = [] } = unseenEdits.get(name) ?? {};
  const seen = withGuards.get(name);
  if (seen === undefined) return why;
  const dropped = guards.map((guard) => `\`${guard.replace(" ", "` ")}`);
  return `${why}. With ${dropped.join(" and ")}: ${seen ?? "nothing is seen"}`;
}
