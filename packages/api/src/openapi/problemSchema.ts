import { z } from "zod";
import { PROBLEMS } from "../problems/problems.ts";

const codes = z.enum(Object.keys(PROBLEMS)).meta({
  id: "ProblemCode",
  description:
    "Every code, of which each one is stable; docs/reference/ERRORS.md explains them. A newer " +
    "server may have further codes: treat an unknown code by its status",
});

const text = z.string().optional();
const count = z.int().min(0).optional();
const id = z.int().min(1).optional();
const instant = text.meta({ format: "date-time" });
const anything = z.unknown().optional();

const fieldError = z
  .object({
    path: z.string().meta({ description: "Such as `body.seatIds.0` or `query.limit`" }),
    reason: z.string(),
  })
  .meta({ id: "FieldError" });
const planDifference = z
  .object({ fact: z.string(), planned: z.unknown(), now: z.unknown() })
  .meta({ id: "PlanDifference" });

/** Fields about buyers' requests that belong to some codes only, with their codes. */
const buyerFields = {
  errors: z
    .array(fieldError)
    .optional()
    .meta({ description: "INVALID_REQUEST: every field that is not valid" }),
  required: count.meta({ description: "INSUFFICIENT_POINTS: the price" }),
  balance: count.meta({ description: "INSUFFICIENT_POINTS: the points of the buyer" }),
  limit: count.meta({ description: "BALANCE_LIMIT: the largest balance" }),
  seatIds: z
    .array(z.int().min(1))
    .optional()
    .meta({ description: "Codes about seats: the seats that cannot be held" }),
  seatsMax: count.meta({ description: "SEAT_LIMIT_REACHED, SEAT_COUNT_INVALID: the limit" }),
  seatsHeld: count.meta({ description: "SEAT_LIMIT_REACHED: unpaid seats of the buyer" }),
  seatsPaid: count.meta({ description: "SEAT_LIMIT_REACHED: paid seats of the buyer" }),
  seatsRequested: count.meta({ description: "SEAT_LIMIT_REACHED: seats of the request" }),
  reservationId: id.meta({
    description:
      "Codes about reservations; SEAT_ALREADY_HELD and SEAT_ALREADY_SOLD: the buyer's own " +
      "reservation of one of the seats",
  }),
  reservationStatus: text.meta({ description: "RESERVATION_STATE_CONFLICT: its state" }),
  paymentId: id.meta({ description: "Codes about payments" }),
  concertId: id.meta({ description: "CONCERT_NOT_FOUND" }),
  performanceId: id.meta({ description: "Codes about performances and sales" }),
  saleOpensAt: instant.meta({ description: "SALE_NOT_OPEN" }),
  saleClosesAt: instant.meta({ description: "SALE_CLOSED" }),
  queueId: text.meta({
    description: "Codes about queues; QUEUE_TOKEN_WRONG_QUEUE: the queue to join",
  }),
  position: count.meta({ description: "QUEUE_TOKEN_NOT_ACTIVE: the place in line" }),
  pollAfterMs: count.meta({ description: "QUEUE_TOKEN_NOT_ACTIVE: when to ask again" }),
  needed: text.meta({ description: "TOKEN_KIND_WRONG: the kind of token to send" }),
  given: anything.meta({
    description: "TOKEN_KIND_WRONG: the kind that was sent; SEAT_COUNT_INVALID: number of seats",
  }),
};

/** Fields about limits and servers. */
const limitFields = {
  retryAfterMs: count.meta({ description: "RATE_LIMITED" }),
  openMax: count.meta({ description: "TOO_MANY_OPEN_REQUESTS: the limit" }),
  bytesMax: count.meta({ description: "BODY_TOO_LARGE: the limit" }),
  timeoutMs: count.meta({ description: "DEADLINE_EXCEEDED, REQUEST_TIMEOUT: the limit" }),
  dependency: text.meta({ description: "DEPENDENCY_UNAVAILABLE: the server" }),
  attempts: count.meta({ description: "TRANSACTION_CONTENDED" }),
};

/** Fields about operators' requests. */
const operatorFields = {
  role: text.meta({ description: "ADMIN_ROLE_FORBIDDEN: the role of the token" }),
  field: text.meta({ description: "INVALID_INPUT: the place in the input" }),
  mistakes: anything.meta({ description: "INVALID_INPUT: the first mistakes of the input" }),
  mistakeCount: count.meta({ description: "INVALID_INPUT: number of all mistakes" }),
  startsAt: text.meta({ description: "PERFORMANCE_IN_PAST" }),
  operation: text.meta({ description: "Codes about operations" }),
  target: text.meta({ description: "JOB_RUNNING: the thing that is being changed" }),
  jobId: text.meta({ description: "Codes about jobs" }),
  jobStatus: text.meta({ description: "Codes about jobs" }),
  auditId: id.meta({ description: "Codes about audit records" }),
  operator: text.meta({ description: "PLAN_MISSING: who did this change" }),
  undoneBy: id.meta({ description: "CANNOT_UNDO: the audit record of the undo" }),
  validUntil: instant.meta({ description: "PLAN_EXPIRED" }),
  confirmation: text.meta({ description: "CONFIRMATION_REQUIRED: the name to confirm" }),
  differences: z
    .array(planDifference)
    .optional()
    .meta({ description: "PLAN_STALE: the facts that have changed" }),
  input: anything.meta({ description: "JOB_MISMATCH: the input of the job" }),
  outcome: anything.meta({ description: "JOB_FAILED" }),
  id: id.meta({ description: "MESSAGE_NOT_FOUND" }),
  runbook: text.meta({ description: "Codes about runbooks" }),
  claim: text.meta({ description: "RUNBOOK_PRECONDITION: the condition" }),
  read: text.meta({ description: "RUNBOOK_PRECONDITION: what was read" }),
};

/**
 * The body of a refusal. The fields after `requestId` belong to some codes only. INVALID_INPUT can
 * have further fields, which only people read.
 */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: "What happened, and what to do next" }),
    code: codes,
    requestId: z.string(),
    ...buyerFields,
    ...limitFields,
    ...operatorFields,
  })
  .catchall(z.unknown())
  .meta({
    id: "Problem",
    description: "RFC 9457, with a stable code",
    example: {
      type: "/docs#SEAT_ALREADY_HELD",
      title: PROBLEMS.SEAT_ALREADY_HELD.title,
      status: PROBLEMS.SEAT_ALREADY_HELD.status,
      detail: "A seat is held by another buyer; choose another",
      code: "SEAT_ALREADY_HELD",
      requestId: "019b76da-a800-7000-8000-000000000001",
      seatIds: [101],
    },
  });

const requestId = z.string().meta({ description: "Names the request in the server's log" });

/** The header of every answer. */
export const commonHeaders = { "X-Request-Id": requestId };

const retryAfter = z
  .int()
  .min(1)
  .optional()
  .meta({ description: "Seconds; repeat the same request afterwards" });

/** The headers of the refusals of a status. @param hasPause whether one of its codes has a pause */
export function refusalHeaders(status: number, hasPause: boolean): z.ZodObject {
  return z.object({
    ...commonHeaders,
    ...(status === 401 ? { "WWW-Authenticate": z.literal("Bearer") } : {}),
    ...(hasPause ? { "Retry-After": retryAfter } : {}),
  });
}
