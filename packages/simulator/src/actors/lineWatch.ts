import { type LinePosition, positionIn } from "@onsale/client/http";
import type { CoreContext } from "@onsale/core";
import { type OverviewAnswer, overviewAnswer } from "./answers.ts";
import type { Transport } from "./transport.ts";

/**
 * Follows a queue for all its waiting buyers. One request a second reads the status of the queue,
 * as if a CDN kept each answer for a second and answered the buyers.
 */
export interface LineWatch {
  /**
   * Calls `admitted` once, when the line has moved past the place.
   * @returns a function that ends the watch of this place
   */
  follow(place: LinePosition, admitted: () => void): () => void;
}

export interface LineWatchOptions {
  readonly clock: CoreContext["clock"];
  readonly transport: Transport;
  readonly queueId: string;
  readonly signal: AbortSignal;
}

/** The time for which a cache may keep the status. */
const READ_EVERY_MS = 1000;

interface Follower {
  readonly place: LinePosition;
  readonly admitted: () => void;
}

/** Creates the watch of one queue. It sends requests only while it has followers. */
export function lineWatch({ clock, transport, queueId, signal }: LineWatchOptions): LineWatch {
  const followers = new Set<Follower>();
  const request = { method: "GET", path: `/queues/${queueId}/status` } as const;
  let reading = false;
  let target = 0;

  async function readAll(): Promise<void> {
    reading = true;
    const stopped = AbortSignal.any([signal]);
    while (followers.size > 0 && !stopped.aborted) {
      // Without an answer the buyers poll at the times that their own answers have advised.
      const answer = await transport.send(target++, request);
      if (answer.kind === "accepted") notify(overviewAnswer.parse(answer.data));
      await clock.sleep(READ_EVERY_MS, stopped);
    }
    reading = false;
  }

  function notify(overview: OverviewAnswer): void {
    for (const follower of followers) {
      // After a loss of Redis, the count of admissions says nothing about the place.
      if ((positionIn(overview, follower.place) ?? 1) > 0) continue;
      followers.delete(follower);
      follower.admitted();
    }
  }

  return {
    follow(place, admitted) {
      const follower = { place, admitted };
      followers.add(follower);
      if (!reading) void readAll();
      return () => void followers.delete(follower);
    },
  };
}
