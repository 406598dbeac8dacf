import type { z } from "zod";

/** The rule that an input breaks, in words for the person who wrote the input. */
export function ruleText(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") {
    const names = issue.keys.map((key) => JSON.stringify(key)).join(", ");
    return `there is no field ${names} here; compare the spelling`;
  }
  const bound = boundText(issue);
  if (bound !== undefined) return bound;
  if (issue.code !== "invalid_type") return issue.message;
  if (/received undefined$/.test(issue.message)) return `is missing (${issue.expected})`;
  const isUsual = issue.message.startsWith("Invalid input: expected int");
  return isUsual ? "must be a whole number" : issue.message;
}

/** The parts of a value that a bound counts, by the kind of the value. A number has no parts. */
const COUNTED: Readonly<Record<string, string>> = {
  ...{ string: " characters", array: " entries", set: " entries" },
};

/** The rule of a bound, unless the schema has words of its own for it. */
function boundText(issue: z.core.$ZodIssue): string | undefined {
  const isSmall = issue.code === "too_small";
  if (!isSmall && issue.code !== "too_big") return undefined;
  if (!/^Too (?:small|big): /.test(issue.message)) return undefined;
  const verb = issue.origin in COUNTED ? "must have" : "must be";
  const relation = isSmall ? "at least" : "at most";
  const bound = String(isSmall ? issue.minimum : issue.maximum);
  if (issue.inclusive === false) return `${verb} ${isSmall ? "more" : "less"} than ${bound}`;
  return `${verb} ${relation} ${bound}${COUNTED[issue.origin] ?? ""}`;
}
