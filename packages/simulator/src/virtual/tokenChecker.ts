import type { Transport, TransportRequest } from "../actors/transport.ts";
import type { AdmittedPlace, ProvenPlace } from "./provenPlace.ts";
import type { Violation } from "./violations.ts";

/** An admission that has ended, and the reason. */
export interface EndedPlace extends AdmittedPlace {
  readonly endReason: string | null;
}

export interface TokenChecker {
  /** The transport to the API; the checker reads its requests. */
  readonly transport: Transport;
  /**
   * A token of an earlier place must not end the buyer's present admission. Returns the admissions
   * that ended although their buyer sent only such tokens.
   */
  violations(admissions: readonly EndedPlace[]): readonly Violation[];
}

/** The requests that end an admission, with the reason of the end. */
const ENDING: Readonly<Record<string, string>> = {
  "DELETE /queue/tokens/me": "LEFT",
  "POST /payment/pay": "PAID",
};

/** Checks that a token of an earlier place ends no later admission of its buyer. */
export function tokenChecker(
  transport: Transport,
  placeOf: (token: string) => ProvenPlace,
): TokenChecker {
  const sent: { readonly place: ProvenPlace; readonly reason: string }[] = [];

  function listen({ method, path, token }: TransportRequest): void {
    const reason = ENDING[`${method} ${path}`];
    if (reason !== undefined && token) sent.push({ place: placeOf(token), reason });
  }

  return {
    transport: {
      ...transport,
      send(target, request) {
        listen(request);
        return transport.send(target, request);
      },
    },
    violations(admissions) {
      const usedUp = new Set(admissions.map(({ sequence }) => sequence));
      return admissions.flatMap(({ userId, sequence, endReason }) => {
        const own = sent.filter(
          ({ place, reason }) => place.userId === userId && reason === endReason,
        );
        // When Redis lost a place that was never admitted, the token of this place is valid for the
        // place that replaced it.
        const isEnded = endReason === "LEFT" || endReason === "PAID";
        const isEarlier = own.every(
          ({ place }) => place.sequence < sequence && usedUp.has(place.sequence),
        );
        if (!isEnded || !isEarlier) return [];
        const message = "an admission ended by a token of an earlier place";
        return [{ check: "line" as const, message, ids: { userId, sequence, endReason } }];
      });
    },
  };
}
