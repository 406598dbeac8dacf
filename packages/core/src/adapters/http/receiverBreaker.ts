import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from "cockatiel";
import { DeliveryError, ReceiverPausedError } from "../../notification/errors.ts";
import type { Logger } from "../../ports/observability.ts";
import type { Clock } from "../../shared/clock.ts";

/** Failures in a row after which the receiver is given a pause. */
const FAILURES_MAX = 5;

/** The pause. Then one notification tests the receiver. */
const PAUSE_MS = 10_000;

/** The library compares whole milliseconds of another clock. */
const PAUSE_MARGIN_MS = 50;

/** A circuit breaker around the posts to one receiver. */
export interface ReceiverBreaker {
  /** @throws ReceiverPausedError when the work was not started; the error of the work */
  run(work: () => Promise<void>): Promise<void>;
  /** How many posts may be started now: 0 in a pause, 1 as a test after it, else Infinity. */
  capacity(): number;
}

/**
 * Creates the breaker. It counts failures that say that the receiver cannot accept anything: no
 * answer, a timeout, a 5xx or a 429. A refusal of one notification says nothing about the others.
 */
export function receiverBreaker(clock: Pick<Clock, "monotonicMs">, log: Logger): ReceiverBreaker {
  const isOutage = (error: unknown) => !(error instanceof DeliveryError) || error.isOutage;
  const breaker = circuitBreaker(handleWhen(isOutage), {
    halfOpenAfter: PAUSE_MS,
    breaker: new ConsecutiveBreaker(FAILURES_MAX),
  });
  let openedAtMs = 0;
  let isAnnounced = false;
  breaker.onStateChange((state) => {
    if (state === CircuitState.Open) openedAtMs = clock.monotonicMs();
  });
  // A failed test breaks the circuit again, and is not logged.
  breaker.onBreak(() => {
    if (isAnnounced) return;
    isAnnounced = true;
    log.warn(
      { event: "webhook.paused", pauseMs: PAUSE_MS },
      "The receiver of notifications failed several times; the worker tests it after a pause",
    );
  });
  breaker.onReset(() => {
    isAnnounced = false;
    log.info({ event: "webhook.resumed" }, "The receiver accepts notifications again");
  });
  return {
    async run(work) {
      try {
        await breaker.execute(work);
      } catch (cause) {
        if (cause instanceof BrokenCircuitError) throw new ReceiverPausedError({ cause });
        throw cause;
      }
    },
    capacity() {
      if (breaker.state === CircuitState.Closed) return Number.POSITIVE_INFINITY;
      if (breaker.state === CircuitState.HalfOpen) return 0;
      const pausedMs = clock.monotonicMs() - openedAtMs;
      return pausedMs < PAUSE_MS + PAUSE_MARGIN_MS ? 0 : 1;
    },
  };
}
