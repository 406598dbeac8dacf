import type { z } from "zod";

/** The rule that an input breaks, in words for the person who wrote the input. */
export function ruleText(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") {
    const names = issue.keys.map((key) => JSON.stringify(key)).join(", ");
    return `there is no field ${names} here; compare the spelling`;
  }
  const isMissing = issue.code === "invalid_type" && /received undefined$/.test(issue.message);
  return isMissing ? `is missing (${issue.expected})` : issue.message;
}
