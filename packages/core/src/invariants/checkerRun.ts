import type { CheckResult, Violation } from "../ports/invariantReport.ts";
import type { Checker, FactsByTake, Take, Takers } from "./checker.ts";
import { VIOLATIONS_SHOWN_MAX } from "./violations.ts";

/** The violation of an invariant whose check ended early. */
export const INCOMPLETE_CHECK =
  "the check is incomplete: other violations of this invariant may be missing or wrong";

/**
 * Runs one checker. A failure of the checker, or of a walk whose facts it takes, ends only this
 * run: its result has a violation that names the failure, and the other checkers go on.
 */
export class CheckerRun {
  readonly #checker: Checker;
  #failure: Violation | undefined;

  constructor(checker: Checker) {
    this.#checker = checker;
  }

  takes(take: Take): boolean {
    return this.#checker[take] !== undefined;
  }

  /**
   * Returns a function that calls the checker's method `take`. If the method throws, the function
   * records a failure. After a failure of this run, the function does nothing.
   */
  taker<T extends Take>(take: T): (facts: FactsByTake[T]) => void {
    const takers: Takers = this.#checker;
    return (facts) => {
      if (this.#failure) return;
      try {
        takers[take]?.(facts);
      } catch (error) {
        this.fail(take, error);
      }
    };
  }

  /** Records a failure, which ends the run. Later failures are ignored. */
  fail(where: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#failure ??= { message: INCOMPLETE_CHECK, ids: { where, reason } };
  }

  result(): CheckResult {
    const result = this.#checkerResult();
    if (!this.#failure) return result;
    const violations = [this.#failure, ...result.violations].slice(0, VIOLATIONS_SHOWN_MAX);
    return { ...result, violations, violationCount: result.violationCount + 1 };
  }

  #checkerResult(): CheckResult {
    try {
      return this.#checker.result();
    } catch (error) {
      this.fail("result", error);
      return { rowsRead: 0, violations: [], violationCount: 0 };
    }
  }
}
