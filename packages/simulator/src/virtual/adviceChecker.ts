import { placeAnswer, problemAnswer } from "../actors/answers.ts";
import type { Transport, TransportRequest } from "../actors/transport.ts";
import type { AdmittedPlace, ProvenPlace } from "./provenPlace.ts";
import type { Violation } from "./violations.ts";

/** The latest answer about a waiting place. Times are µs since the epoch. */
interface Advice {
  readonly sequence: number;
  readonly requestedUs: number;
  /** The end of the pause that the answer advised, at the earliest. */
  readonly pausedUntilUs: number;
}

/** A poll in time with the answer that the place has ended, although its buyer has not left. */
interface Refusal {
  readonly place: ProvenPlace;
  /** True when Redis lost the queue since the answer before. */
  readonly isAfterLoss: boolean;
}

export interface AdviceChecker {
  /** The transport to the API; the checker reads its requests and answers. */
  readonly transport: Transport;
  /** Records that Redis has just lost the queue. */
  redisLost(): void;
  /** Whether the buyer of the place has asked to leave it. */
  hasLeft(place: ProvenPlace): boolean;
  /** Returns a violation for each buyer who polled as advised and lost the place. */
  violations(admissions: readonly AdmittedPlace[]): readonly Violation[];
}

export interface AdviceCheckerOptions {
  readonly transport: Transport;
  nowUs(): number;
  placeOf(token: string): ProvenPlace;
  /**
   * A buyer keeps the place, also after a missed admission, until the advised pause and this time
   * are over.
   */
  readonly graceMs: number;
}

/** Checks that a buyer who follows the advised pauses keeps the place, also when it was missed. */
export function adviceChecker(options: AdviceCheckerOptions): AdviceChecker {
  const { transport, nowUs, placeOf, graceMs } = options;
  /** By user. */
  const latest = new Map<number, Advice>();
  /** Sequences of the places that their buyers have asked to end. */
  const left = new Set<number>();
  const refusals: Refusal[] = [];
  let lostAtUs = Number.NEGATIVE_INFINITY;

  function listenToRefusal({ method, token = "" }: TransportRequest, body: unknown): void {
    const problem = problemAnswer.safeParse(body);
    if (method !== "GET" || problem.data?.code !== "QUEUE_TOKEN_EXPIRED") return;
    const place = placeOf(token);
    const advice = latest.get(place.userId);
    if (advice?.sequence !== place.sequence || left.has(place.sequence)) return;
    if (nowUs() > advice.pausedUntilUs + graceMs * 1000) return;
    refusals.push({ place, isAfterLoss: lostAtUs > advice.requestedUs });
  }

  function listenToPlace(data: unknown, requestedUs: number): void {
    const { token, status, pollAfterMs } = placeAnswer.parse(data);
    const { userId, sequence } = placeOf(token);
    const pausedUntilUs = requestedUs + pollAfterMs * 1000;
    if (status === "WAITING") latest.set(userId, { sequence, requestedUs, pausedUntilUs });
    else latest.delete(userId);
  }

  return {
    transport: {
      ...transport,
      async send(target, request) {
        const requestedUs = nowUs();
        const { method, path, token } = request;
        if (!path.startsWith("/queue/tokens")) return transport.send(target, request);
        if (method === "DELETE" && token) left.add(placeOf(token).sequence);
        const answer = await transport.send(target, request);
        if (answer.kind === "refused") listenToRefusal(request, answer.body);
        if (answer.kind === "accepted" && method !== "DELETE") {
          listenToPlace(answer.data, requestedUs);
        }
        return answer;
      },
    },
    redisLost() {
      lostAtUs = nowUs();
    },
    hasLeft: ({ sequence }) => left.has(sequence),
    violations: (admissions) => lostPlaces(refusals, admissions),
  };
}

/**
 * Finds buyers who followed the advice and lost the place: its only admission was missed during the
 * pause. After a loss of Redis, an admission can have expired instead.
 */
function lostPlaces(
  refusals: readonly Refusal[],
  admissions: readonly AdmittedPlace[],
): readonly Violation[] {
  return refusals.flatMap(({ place: { userId, sequence }, isAfterLoss }) => {
    const own = admissions.filter((admission) => admission.sequence === sequence);
    const isMissed = own.length === 1 && own[0]?.endReason === "UNCLAIMED";
    if (isAfterLoss || !isMissed) return [];
    const message = "a buyer who polled as advised lost the place";
    return [{ check: "line" as const, message, ids: { userId, sequence } }];
  });
}
