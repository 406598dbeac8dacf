import { type Evidence, VIOLATIONS_SHOWN_MAX, type Violation } from "../../ports/evidenceStore.ts";

/** What one rule found: some of the violations, and how many there are. */
export type Findings = Pick<Evidence, "violations" | "violationCount">;

/** A rule with an adapter's way to search for what breaks it. */
export interface SearchedRule<Search> {
  readonly message: string;
  readonly search: Search;
}

/** Gives each rule its search, in the order of the rules; the compiler misses none. */
export function searchedRules<Name extends string, Search>(
  rules: Readonly<Record<Name, string>>,
  searches: Readonly<Record<Name, Search>>,
): SearchedRule<Search>[] {
  const searched: SearchedRule<Search>[] = [];
  for (const name in rules) searched.push({ message: rules[name], search: searches[name] });
  return searched;
}

/** One evidence out of several findings; shows the first violations and counts all. */
export function mergeEvidence(examined: number, found: readonly Findings[]): Evidence {
  return {
    examined,
    violations: found.flatMap((part) => part.violations).slice(0, VIOLATIONS_SHOWN_MAX),
    violationCount: found.reduce((sum, part) => sum + part.violationCount, 0),
  };
}

/** One evidence out of several, each with what it examined. */
export function sumEvidence(parts: readonly Evidence[]): Evidence {
  return mergeEvidence(
    parts.reduce((sum, { examined }) => sum + examined, 0),
    parts,
  );
}

/** Collects violations that are found one by one. */
export function violationCollector(): { add(violation: Violation): void; found(): Findings } {
  const violations: Violation[] = [];
  let violationCount = 0;
  return {
    add(violation) {
      violationCount += 1;
      if (violations.length < VIOLATIONS_SHOWN_MAX) violations.push(violation);
    },
    found: () => ({ violations, violationCount }),
  };
}
