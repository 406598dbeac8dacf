import type { QueueRecord } from "../ports/admissionStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { QueuePlace } from "../ports/queueStore.ts";
import type { QueueTokenClaims } from "../ports/tokenSigner.ts";
import { DependencyUnavailableError } from "../shared/errors.ts";
import { bestPlace } from "./bestPlace.ts";
import {
  InvalidQueueTokenError,
  QueueTokenExpiredError,
  QueueTokenNotActiveError,
} from "./errors.ts";
import { requireQueue } from "./knownQueues.ts";
import { pauseWithToken, pollAfterMs } from "./pollPause.ts";

/**
 * Lets a request through when its buyer has an active place, with one call to Redis. While Redis
 * does not answer, a token that was signed for an active place admits until the admission ends.
 * @param claims of a verified token (`verifyQueueToken`)
 * @throws InvalidQueueTokenError for a token of another epoch
 * @throws QueueTokenNotActiveError while the buyer waits
 * @throws QueueTokenExpiredError when the place has ended
 * @throws DependencyUnavailableError while Redis does not answer and the token was not signed for
 *   an active place
 */
export async function admitActive(
  core: CoreContext,
  claims: QueueTokenClaims,
): Promise<QueueTokenClaims> {
  const queue = await requireQueue(core, claims.queueId);
  if (claims.epoch !== queue.epoch) throw new InvalidQueueTokenError();
  let place: QueuePlace | undefined;
  try {
    place = await bestPlace(core, queue, claims);
  } catch (error) {
    if (!(error instanceof DependencyUnavailableError)) throw error;
    if ((claims.activeUntilMs ?? 0) <= core.clock.nowMs()) throw error;
    core.metrics.count("queue_admitted_by_token_total", { queue: claims.queueId });
    return claims;
  }
  return requireActive(core, queue, claims, place);
}

function requireActive(
  core: CoreContext,
  queue: QueueRecord,
  claims: QueueTokenClaims,
  place: QueuePlace | undefined,
): QueueTokenClaims {
  if (!place) throw new QueueTokenExpiredError();
  if (place.status === "ACTIVE") {
    return { ...claims, sequence: place.sequence, activeUntilMs: place.expiresAtMs };
  }
  const pauses = core.config.queue;
  const pauseMs = pollAfterMs(core.random, place, queue.settings, pauses);
  throw new QueueTokenNotActiveError({
    position: place.position,
    pollAfterMs: pauseWithToken(core.clock.nowMs(), pauseMs, claims, pauses),
  });
}
