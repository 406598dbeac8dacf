import type { Accepted } from "../http/call.ts";
import { type OperationId, operationOf } from "../operations.ts";
import { UnexpectedAnswerError } from "../problems/errors.ts";
import type { Place, QueueStatus } from "./position.ts";

/*
 * The wait calculates times from numbers that a server has sent. A missing number would be NaN, and
 * a timer of NaN milliseconds ends at once, so that requests would follow each other without a
 * pause. So the fields that the wait uses are checked; the other answers are not.
 */

/**
 * Returns the place in an answer.
 * @throws UnexpectedAnswerError when it has none
 */
export function placeIn({ status, data }: Accepted<unknown>, id: OperationId): Place {
  if (isPlace(data)) return data;
  const { method, path } = operationOf(id);
  throw new UnexpectedAnswerError(`${method} ${path}`, status);
}

/** Returns true for an object with the fields of a place that the wait uses. */
export function isPlace(value: unknown): value is Place {
  const { token, status, pollAfterMs } = fieldsOf(value);
  return (
    typeof token === "string" &&
    (status === "WAITING" || status === "ACTIVE") &&
    isNumber(pollAfterMs) &&
    isLine(value)
  );
}

/** Returns true for an object with the numbers of a position in line. */
export function isLine(value: unknown): boolean {
  const { position, etaSeconds } = fieldsOf(value);
  return isNumber(position) && (etaSeconds === null || isNumber(etaSeconds));
}

/** Returns true for an object with the fields of a status that the wait uses. */
export function isQueueStatus(value: unknown): value is QueueStatus {
  const { admittedCount, waits } = fieldsOf(value);
  const isWait = (wait: unknown): boolean => isLine(wait) && fieldsOf(wait).etaSeconds !== null;
  return isNumber(admittedCount) && Array.isArray(waits) && waits.every(isWait);
}

const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);

function fieldsOf(value: unknown): Partial<Readonly<Record<string, unknown>>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
