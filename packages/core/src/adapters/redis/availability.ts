import type { RedisConfig } from "../../config/serverConfig.ts";
import type { DependencyHealth, Logger } from "../../ports/observability.ts";
import type { Clock } from "../../shared/clock.ts";
import { deadlineSweep } from "../../shared/deadlineSweep.ts";
import { tlsReason } from "../shared/tlsReason.ts";

/** Redis took longer than the command timeout. */
export class LateAnswerError extends Error {
  override readonly name = "LateAnswerError";
}

type Config = Pick<RedisConfig, "tls" | "commandTimeoutMs">;

/** Decides from the results of the last commands whether Redis answers. */
export interface Availability {
  isUp(): boolean;
  health(): DependencyHealth;
  /**
   * Records that Redis answers and refuses commands. Calls still go out; the health is down until
   * a write succeeds, and for a time.
   */
  refused(error: unknown): void;
  /** Records that a write succeeded. */
  wrote(): void;
  /** The last failure; undefined while Redis answers. */
  failure(): unknown;
  wentUp(): void;
  wentDown(error: unknown): void;
  /**
   * Waits for the answer of a command and updates the state of Redis.
   * @throws LateAnswerError after the command timeout, and the error of the answer
   */
  listen<T>(answer: Promise<T>): Promise<T>;
}

/** Interval of the check for late answers. A command fails at most two intervals late. */
const SWEEP_MS = 20;

/** Shortest time for which a refusal decides about the health. */
const REFUSED_MS = 3_000;
/** The reason before the first attempt has ended. */
const NOT_CONNECTED = "not connected yet";

/** Redis counts as down until its first answer. Each change of the state is logged once. */
export function redisAvailability(clock: Clock, log: Logger, config: Config): Availability {
  const { tls, commandTimeoutMs: timeoutMs } = config;
  let up = false;
  let reason: string | undefined = NOT_CONNECTED;
  let failure: unknown;
  let refusal: { readonly reason: string; readonly untilMs: number } | undefined;
  let heardAtMs = Number.NEGATIVE_INFINITY;
  const startDeadline = deadlineSweep(clock, { timeoutMs, sweepMs: SWEEP_MS });

  function wentDown(error: unknown): void {
    const why = tlsReason(clock, "REDIS", tls, shortReason(error));
    if (up || reason === NOT_CONNECTED) {
      log.warn(
        { event: "dependency.down", dependency: "redis", reason: why },
        "Redis does not answer",
      );
    }
    up = false;
    reason = why;
    failure = error;
  }

  return {
    isUp: () => up,
    health: () =>
      up && refusal
        ? { dependency: "redis", up: false, reason: refusal.reason }
        : { dependency: "redis", up, ...(reason === undefined ? {} : { reason }) },
    refused(error) {
      const why = shortReason(error);
      if (refusal === undefined) {
        const fields = { event: "dependency.refuses", dependency: "redis", reason: why } as const;
        log.warn(fields, "Redis answers and refuses commands");
      }
      refusal = { reason: why, untilMs: clock.monotonicMs() + REFUSED_MS };
    },
    wrote() {
      if (refusal && clock.monotonicMs() >= refusal.untilMs) refusal = undefined;
    },
    failure: () => failure,
    wentUp() {
      if (!up) log.info({ event: "dependency.up", dependency: "redis" }, "Redis answers");
      up = true;
      reason = undefined;
      failure = undefined;
    },
    wentDown,
    listen: (answer) =>
      new Promise((resolve, reject) => {
        const endDeadline = startDeadline(() => {
          const late = new LateAnswerError(`no answer within ${timeoutMs} ms`);
          // Redis counts as down only when it answered no command within the timeout. A single
          // late answer is not an outage.
          if (clock.monotonicMs() - heardAtMs >= timeoutMs) wentDown(late);
          reject(late);
        });
        answer.then(
          (value) => {
            endDeadline();
            heardAtMs = clock.monotonicMs();
            resolve(value);
          },
          (error) => {
            endDeadline();
            reject(error);
          },
        );
      }),
  };
}

/** A short text of the failure. ioredis never puts credentials into error messages. */
function shortReason(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.slice(0, 200);
}
