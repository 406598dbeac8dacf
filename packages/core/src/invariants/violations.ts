import type { CheckResult, Violation } from "../ports/invariantReport.ts";

/** Maximum number of violations that are shown for one invariant; `violationCount` counts all. */
export const VIOLATIONS_SHOWN_MAX = 20;

/** Collects the violations of one checker by rule. */
export interface ViolationLog<Rule extends string> {
  add(rule: Rule, ids: Violation["ids"]): void;
  /** Returns the violations rule by rule, in the order of the rules. */
  result(rowsRead: number): CheckResult;
}

/** @param rules the message of each rule */
export function violationLog<Rule extends string>(
  rules: Readonly<Record<Rule, string>>,
): ViolationLog<Rule> {
  const shown = new Map<string, Violation[]>();
  let violationCount = 0;
  return {
    add(rule, ids) {
      violationCount += 1;
      const ofRule = shown.get(rule) ?? [];
      if (ofRule.length === 0) shown.set(rule, ofRule);
      if (ofRule.length < VIOLATIONS_SHOWN_MAX) ofRule.push({ message: rules[rule], ids });
    },
    result(rowsRead) {
      const inOrder = Object.keys(rules).flatMap((rule) => shown.get(rule) ?? []);
      return { rowsRead, violations: inOrder.slice(0, VIOLATIONS_SHOWN_MAX), violationCount };
    },
  };
}

/** Converts microseconds since the epoch to a Date, for output. `null` gives `null`. */
export function dateOf(timeUs: number | null): Date | null {
  return timeUs === null ? null : new Date(Math.floor(timeUs / 1000));
}
