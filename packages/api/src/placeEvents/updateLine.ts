import {
  type CoreContext,
  CoreError,
  POSITIONS_MAX,
  type QueueOverview,
  queueOverview,
  queueStatus,
  waitingPositions,
} from "@onsale/core";
import { CHANGED, type Follower, positionIn, showPosition, takePlace } from "./follower.ts";

/** The places of buyers who are admitted within this time are read in each round. */
const NEAR_SECONDS = 3;
/** So many buyers at the head are near also while the line does not move. */
const NEAR_MIN = 20;
/**
 * Maximum number of places that one round restores after a loss of Redis. Promotion pauses for
 * about ten rounds then.
 */
const RESTORES_MAX = 500;
/** Restoring one place takes several calls of servers, so only a few are restored together. */
const RESTORES_TOGETHER = 25;

/**
 * Updates all followers of a queue, with one or two calls to Redis: the shared overview, and the
 * positions of up to `POSITIONS_MAX` followers, the near ones first, then those that were read
 * longest ago.
 * @param stopping ends the update early
 * @throws CoreError while Redis does not answer
 */
export async function updateLine(
  core: CoreContext,
  queueId: string,
  followers: readonly Follower[],
  stopping: AbortSignal,
): Promise<void> {
  const overview = await queueOverview(core, queueId);
  const groups = Object.groupBy(followers, (one) => (isOf(overview, one) ? "known" : "lost"));
  const { known = [], lost = [] } = groups;
  await restoreSome(core, lost, stopping);
  await readPlaces(core, queueId, toRead(known, overview));
  const nowMs = core.clock.monotonicMs();
  for (const follower of known) showPosition(follower, overview, nowMs);
}

async function readPlaces(
  core: CoreContext,
  queueId: string,
  followers: readonly Follower[],
): Promise<void> {
  if (followers.length === 0) return;
  const userIds = followers.map(({ userId }) => userId);
  const line = await waitingPositions(core, queueId, userIds);
  const { generationStartedUs: generation, admittedCount } = line;
  const nowMs = core.clock.monotonicMs();
  for (const [index, follower] of followers.entries()) {
    // Redis lost the queue after the overview was read. The next round restores the place.
    if (follower.place.generation !== generation) continue;
    const position = line.positions[index] ?? 0;
    if (position === 0) follower.stream.end(CHANGED);
    else follower.place = { position, generation, admittedCount };
    follower.readMs = nowMs;
  }
}

/** Returns false after Redis lost the queue, and after an operator revoked the queue's tokens. */
function isOf({ generation, epoch }: QueueOverview, follower: Follower): boolean {
  follower.epoch ??= epoch;
  return follower.place.generation === generation && follower.epoch === epoch;
}

function toRead(followers: readonly Follower[], overview: QueueOverview): readonly Follower[] {
  const near = Math.max(NEAR_MIN, overview.admissionsPerSecond * NEAR_SECONDS);
  const isNear = (one: Follower): boolean => positionIn(overview, one) <= near;
  return followers
    .toSorted((a, b) => Number(isNear(b)) - Number(isNear(a)) || a.readMs - b.readMs)
    .slice(0, POSITIONS_MAX);
}

/**
 * Reads places with their tokens, which restores places that Redis lost: the nearest ones first,
 * because promotion reaches them first. While a server does not answer, the next round continues.
 */
async function restoreSome(
  core: CoreContext,
  followers: readonly Follower[],
  stopping: AbortSignal,
): Promise<void> {
  const some = followers
    .toSorted((a, b) => a.place.position - b.place.position)
    .slice(0, RESTORES_MAX);
  for (let index = 0; index < some.length; index += RESTORES_TOGETHER) {
    const together = some.slice(index, index + RESTORES_TOGETHER);
    const answered = await Promise.all(together.map((follower) => restore(core, follower)));
    if (answered.includes(false) || stopping.aborted) return;
  }
}

/** Returns false when a server does not answer. */
async function restore(core: CoreContext, follower: Follower): Promise<boolean> {
  const { queueId, userId, token, stream } = follower;
  try {
    const ticket = await queueStatus(core, { queueId, userId, token });
    follower.epoch = undefined;
    takePlace(follower, ticket, core.clock.monotonicMs());
    if (ticket.status === "ACTIVE") stream.end(CHANGED);
    return true;
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    if (error.retryable) return false;
    // Any other refusal is final.
    stream.end(CHANGED);
    return true;
  }
}
