import { type Logger, OutcomeUnknownError, TransactionContendedError } from "@onsale/core";

/** Log events of loops that a failing server or process explains. */
const EXPECTED = [
  "does not answer; try again shortly",
  new TransactionContendedError(1).message,
  new OutcomeUnknownError().message,
  "the connection broke at",
];

/**
 * A logger that reports failures that no fault explains: an iteration that fails for another
 * reason, a dead letter, an alarm of the reconciliation.
 * @param isCalm true when the run has no fault, so that nothing explains a failure
 */
export function loopChecker(found: (message: string) => void, isCalm = false): Logger {
  const expected = isCalm ? [] : EXPECTED;

  function look(fields: Readonly<Record<string, unknown>>, message: string): void {
    const { reason, loop, consumer } = fields;
    // A warning that names no loop and no consumer belongs to a request. The answer to the request
    // shows the same failure.
    if (loop === undefined && consumer === undefined) return;
    if (typeof reason !== "string" || expected.some((text) => reason.includes(text))) return;
    found(`${message}: ${reason}`);
  }
  return {
    debug() {},
    info() {},
    warn: look,
    error: (fields, message) => found(`${message} ${JSON.stringify(fields)}`),
  };
}
