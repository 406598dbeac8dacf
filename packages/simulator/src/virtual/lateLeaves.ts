import type { Clock } from "@onsale/core";
import { placeAnswer } from "../actors/answers.ts";
import type { Transport, TransportAnswer, TransportRequest } from "../actors/transport.ts";
import { between, chance, type RandomStreams } from "../chance/seededRandom.ts";
import type { ProvenPlace } from "./provenPlace.ts";

/**
 * Of the buyers with a second place, the share whose request to leave the first place comes late.
 */
const LATE_SHARE = 0.5;
/** The request arrives within this time, before or after the second admission, ms. */
const LATE_MS_MAX = 4_000;

export interface LateLeavesOptions {
  readonly transport: Transport;
  readonly clock: Pick<Clock, "sleep">;
  readonly streams: RandomStreams;
  placeOf(token: string): ProvenPlace;
}

export interface LateLeaves {
  /** The transport to the API; the late requests follow from its requests and answers. */
  readonly transport: Transport;
  /** Resolves when the user's late requests are answered. */
  settled(userId: number): Promise<void>;
}

/**
 * Sends late requests to leave the queue, as a slow network or a second tab does: after a buyer was
 * admitted, lost the place and joined again, a `DELETE` with the token of the first place arrives.
 */
export function lateLeaves({ transport, clock, streams, placeOf }: LateLeavesOptions): LateLeaves {
  /** The token of each user's first admission. */
  const admitted = new Map<number, string>();
  const sent = new Map<number, Promise<unknown>>();

  async function leave(target: number, userId: number, token: string): Promise<void> {
    const random = streams(`late leave of user ${userId}`);
    if (!chance(random, LATE_SHARE)) return;
    await clock.sleep(between(random, 0, LATE_MS_MAX));
    await transport.send(target, { method: "DELETE", path: "/queue/tokens/me", token });
  }

  function listen(target: number, answer: TransportAnswer): void {
    if (answer.kind !== "accepted") return;
    const { token, status } = placeAnswer.parse(answer.data);
    const { userId, sequence } = placeOf(token);
    const first = admitted.get(userId);
    if (first === undefined) {
      if (status === "ACTIVE") admitted.set(userId, token);
    } else if (sequence > placeOf(first).sequence && !sent.has(userId)) {
      sent.set(userId, leave(target, userId, first));
    }
  }

  return {
    transport: {
      ...transport,
      async send(target: number, request: TransportRequest): Promise<TransportAnswer> {
        const answer = await transport.send(target, request);
        const isTicket = request.path.startsWith("/queue/tokens") && request.method !== "DELETE";
        if (isTicket) listen(target, answer);
        return answer;
      },
    },
    async settled(userId) {
      await sent.get(userId);
    },
  };
}
