import type { z } from "zod";
import type { RequestPhase } from "../measure/recorder.ts";
import { problemAnswer } from "./answers.ts";
import { BuyerEnded } from "./buyerEnded.ts";
import type { BuyerPlan } from "./buyerPlan.ts";
import type { ClientEnvironment } from "./clientEnvironment.ts";
import type { TransportAnswer, TransportRequest } from "./transport.ts";

/**
 * The product's final answer to one request. The client has already retried after network failures.
 */
export type Reply<T> = { readonly accepted: true; readonly value: T } | Refusal;

/** An answer that refuses the request. */
export interface Refusal {
  readonly accepted: false;
  readonly status: number;
  readonly code: string;
  /** The price in points; present only with INSUFFICIENT_POINTS. */
  readonly required: number | undefined;
  readonly balance: number | undefined;
}

export interface BuyerCalls {
  /**
   * Sends the request until the product accepts or refuses it.
   * @param intendedMs the intended start, by `clock.monotonicMs`; the latency counts from it.
   *   Default: now
   * @throws BuyerEnded after `ATTEMPTS_MAX` attempts without an answer, or when the rush is stopped
   */
  send<T>(
    phase: RequestPhase,
    request: TransportRequest,
    schema: z.ZodType<T>,
    intendedMs?: number,
  ): Promise<Reply<T>>;
  /**
   * Like `send`. A client that repeats requests sends the request twice with the same key, and both
   * answers must agree.
   */
  sendOnce<T>(
    phase: RequestPhase,
    request: TransportRequest,
    schema: z.ZodType<T>,
    identity: (value: T) => string,
  ): Promise<Reply<T>>;
  /**
   * Waits, or until `early` aborts.
   * @throws BuyerEnded when the rush is stopped meanwhile
   */
  pause(ms: number, early?: AbortSignal): Promise<void>;
}

/**
 * Maximum number of attempts for one request. The pause between two attempts grows to 2 s, so all
 * attempts together last longer than the restart of a killed server.
 */
const ATTEMPTS_MAX = 10;
const BACKOFF_BASE_MS = 100;
const BACKOFF_MAX_MS = 2000;

/** The calls of one buyer. The buyer uses the same API process until a request to it fails. */
export function buyerCalls(plan: BuyerPlan, environment: ClientEnvironment): BuyerCalls {
  const { clock, recorder, transport } = environment;
  // Each buyer has its own signal. With one signal for thousands of waiting buyers, removing a
  // listener would search the listeners of all.
  const signal = AbortSignal.any([environment.signal]);
  let target = plan.index;

  async function pause(ms: number, early?: AbortSignal): Promise<void> {
    if (ms > 0) await clock.sleep(ms, early ? AbortSignal.any([signal, early]) : signal);
    if (signal.aborted) throw new BuyerEnded("stopped");
  }

  async function attempt(request: TransportRequest): Promise<TransportAnswer> {
    if (signal.aborted) throw new BuyerEnded("stopped");
    return transport.send(target, request);
  }

  async function send<T>(
    phase: RequestPhase,
    request: TransportRequest,
    schema: z.ZodType<T>,
    intendedMs?: number,
  ): Promise<Reply<T>> {
    let startedMs = intendedMs ?? clock.monotonicMs();
    for (let tried = 1; tried <= ATTEMPTS_MAX; tried++) {
      const answer = await attempt(request);
      const tookMs = clock.monotonicMs() - startedMs;
      if (answer.kind === "accepted") {
        const parsed = schema.safeParse(answer.data);
        if (parsed.success) {
          recorder.accepted(phase, tookMs);
          return { accepted: true, value: parsed.data };
        }
        recorder.failed(phase, "answer not as documented");
        throw new BuyerEnded("failed", `${phase}: ${parsed.error.message}`);
      }
      if (answer.kind === "refused") {
        const refusal = readRefusal(answer.status, answer.body);
        recorder.refused(phase, refusal.code, tookMs);
        if (!asksToRepeat(refusal)) return refusal;
      } else {
        recorder.failed(phase, answer.failure);
        target++;
      }
      await pause(answer.retryAfterMs ?? backoff(plan, tried));
      startedMs = clock.monotonicMs();
    }
    throw new BuyerEnded("failed", `${phase}: no answer after ${ATTEMPTS_MAX} attempts`);
  }

  return {
    send,
    pause,
    async sendOnce(phase, request, schema, identity) {
      if (plan.repeats === undefined) return send(phase, request, schema);
      recorder.repeats++;
      const first = send(phase, request, schema);
      if (plan.repeats === "after") await first;
      const [one, two] = await Promise.all([first, send(phase, request, schema)]);
      const difference = differenceOf(phase, one, two, identity);
      if (difference) recorder.mismatches.push({ phase, userId: plan.userId, ...difference });
      return one.accepted ? one : two.accepted ? two : one;
    },
  };
}

/**
 * Compares two answers to one request under one key. Returns the difference when the answers must
 * agree and do not. Two
 * refusals may differ, because a refused request can be accepted a moment later. A hold may be
 * accepted once and refused once, because the first request can have the lock of its seats. A
 * payment and a charge may not.
 */
function differenceOf<T>(
  phase: RequestPhase,
  one: Reply<T>,
  two: Reply<T>,
  identity: (value: T) => string,
): { readonly first: string; readonly second: string } | undefined {
  const [first, second] = [one, two].map((reply) =>
    reply.accepted ? identity(reply.value) : reply.code,
  );
  if (first === undefined || second === undefined || first === second) return undefined;
  const yesses = [one, two].filter(({ accepted }) => accepted).length;
  const mayDiffer = yesses === 0 || (yesses === 1 && phase === "reserve");
  const isForeign = [first, second].includes("IDEMPOTENCY_KEY_REUSED");
  return mayDiffer && !isForeign ? undefined : { first, second };
}

function readRefusal(status: number, body: unknown): Refusal {
  const problem = problemAnswer.safeParse(body);
  return {
    accepted: false,
    status,
    code: problem.success ? problem.data.code : `HTTP ${status}`,
    required: problem.data?.required,
    balance: problem.data?.balance,
  };
}

/** The codes of refusals that mean "send the same request again in a moment". */
const REPEATED_CODES: readonly string[] = ["IDEMPOTENCY_IN_PROGRESS", "RESERVATION_CHANGED"];

function asksToRepeat({ status, code }: { status: number; code: string }): boolean {
  return status === 429 || REPEATED_CODES.includes(code);
}

/** Returns a random pause: half to the whole of a pause that doubles with each attempt. */
function backoff(plan: BuyerPlan, tried: number): number {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** (tried - 1));
  return ceiling * (0.5 + plan.random.next() / 2);
}
