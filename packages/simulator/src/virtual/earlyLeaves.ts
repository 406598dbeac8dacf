import type { Clock } from "@onsale/core";
import { placeAnswer } from "../actors/answers.ts";
import type { Transport, TransportAnswer, TransportRequest } from "../actors/transport.ts";
import { between, chance, type RandomStreams } from "../chance/seededRandom.ts";
import type { ProvenPlace } from "./provenPlace.ts";

/** A buyer leaves within this time after the first answer, ms: before the end of a long pause. */
const LEAVES_WITHIN_MS = 1_500;
/** One buyer in so many stays, so that each sale has buyers who want seats. */
const STAYS_EVERY = 5;

export interface EarlyLeavesOptions {
  readonly transport: Transport;
  readonly clock: Pick<Clock, "sleep">;
  readonly streams: RandomStreams;
  /** The share of the buyers who leave. */
  readonly share: number;
  placeOf(token: string): ProvenPlace;
}

export interface EarlyLeaves {
  /** The transport to the API; the requests to leave follow from its answers. */
  readonly transport: Transport;
  /** Resolves when the user's request to leave is answered. */
  settled(userId: number): Promise<void>;
}

/**
 * Lets buyers leave the line soon after they joined, as buyers do who close a page. The line behind
 * them moves faster than the advised pauses assume. The session of such a buyer ends with the next
 * poll.
 */
export function earlyLeaves(options: EarlyLeavesOptions): EarlyLeaves {
  const { transport, clock, streams, share, placeOf } = options;
  const sent = new Map<number, Promise<unknown>>();

  async function leave(target: number, userId: number, token: string): Promise<void> {
    const random = streams(`early leave of user ${userId}`);
    if (userId % STAYS_EVERY === 0 || !chance(random, share)) return;
    await clock.sleep(between(random, 0, LEAVES_WITHIN_MS));
    await transport.send(target, { method: "DELETE", path: "/queue/tokens/me", token });
  }

  return {
    transport: {
      ...transport,
      async send(target: number, request: TransportRequest): Promise<TransportAnswer> {
        const answer = await transport.send(target, request);
        if (share === 0 || request.path !== "/queue/tokens" || answer.kind !== "accepted") {
          return answer;
        }
        const { token, status } = placeAnswer.parse(answer.data);
        const { userId } = placeOf(token);
        if (status === "WAITING" && !sent.has(userId)) {
          sent.set(userId, leave(target, userId, token));
        }
        return answer;
      },
    },
    async settled(userId) {
      await sent.get(userId);
    },
  };
}
