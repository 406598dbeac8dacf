import { placeAnswer } from "../actors/answers.ts";
import type { Transport, TransportAnswer, TransportRequest } from "../actors/transport.ts";
import { type AdviceCheckerOptions, adviceChecker } from "./adviceChecker.ts";
import type { AdmittedPlace, ProvenPlace } from "./provenPlace.ts";
import type { Violation } from "./violations.ts";

/** A poll with the answer WAITING. Times are µs since the epoch. */
interface Sighting {
  readonly place: ProvenPlace;
  readonly requestedUs: number;
  readonly answeredUs: number;
}

/**
 * A buyer who lost places: the place in the token of the buyer's poll, and the later place in the
 * API's answer.
 */
interface Move {
  readonly shown: ProvenPlace;
  readonly answered: ProvenPlace;
}

/**
 * A period in which a buyer waited without interruption, from an answer to the next poll. Times are
 * µs since the epoch.
 */
interface Wait {
  readonly place: ProvenPlace;
  readonly fromUs: number;
  readonly toUs: number;
}

export interface LineChecker {
  /** The transport to the API, extended so that the checker reads all requests and answers. */
  readonly transport: Transport;
  /** Records that Redis has just lost the queue. */
  redisLost(): void;
  /** Returns a violation for each buyer who lost a place in line, given all admissions. */
  violations(admissions: readonly AdmittedPlace[]): readonly Violation[];
}

export interface LineCheckerOptions extends AdviceCheckerOptions {
  /** No later buyer is admitted before a buyer who polls again within this time after an answer. */
  readonly returnsWithinMs: number;
}

/**
 * Checks the order of the line as clients see it. For each poll, the checker compares the place in
 * the poll's token with the place in the answer.
 */
export function lineChecker(options: LineCheckerOptions): LineChecker {
  const { nowUs, placeOf, returnsWithinMs } = options;
  const advice = adviceChecker(options);
  const { transport } = advice;
  const latest = new Map<number, Sighting>();
  const losses: number[] = [];
  const moved: Move[] = [];
  const waits: Wait[] = [];

  function listen(request: TransportRequest, answer: TransportAnswer, requestedUs: number): void {
    if (request.method === "DELETE" || answer.kind !== "accepted") return;
    const { token, status } = placeAnswer.parse(answer.data);
    const place = placeOf(token);
    const before = latest.get(place.userId);
    latest.delete(place.userId);
    if (status !== "WAITING") return;
    const answeredUs = nowUs();
    latest.set(place.userId, { place, requestedUs, answeredUs });
    if (request.method === "GET") {
      const shown = placeOf(request.token ?? "");
      if (shown.sequence < place.sequence) moved.push({ shown, answered: place });
    }
    if (before?.place.sequence !== place.sequence || advice.hasLeft(place)) return;
    if (answeredUs - before.requestedUs > returnsWithinMs * 1000) return;
    waits.push({ place, fromUs: sinceLoss(before.answeredUs, requestedUs), toUs: requestedUs });
  }

  /**
   * Returns the time from which a wait counts: its start, or the last loss of Redis in the wait.
   * Redis can lose an admission that MySQL has not recorded. Its buyer then waits again, although a
   * buyer further back may have been admitted before the loss. That is not a fault.
   */
  function sinceLoss(fromUs: number, toUs: number): number {
    return losses.findLast((atUs) => atUs > fromUs && atUs < toUs) ?? fromUs;
  }

  return {
    transport: {
      ...transport,
      async send(target, request) {
        const requestedUs = nowUs();
        const answer = await transport.send(target, request);
        if (request.path.startsWith("/queue/tokens")) listen(request, answer, requestedUs);
        return answer;
      },
    },
    redisLost() {
      losses.push(nowUs());
      advice.redisLost();
    },
    violations: (admissions) => [
      ...setBacks(moved, admissions),
      ...overtakings(waits, admissions),
      ...advice.violations(admissions),
    ],
  };
}

/**
 * Finds buyers whose place moved back. A place that was admitted is used up, so its buyer may join
 * again further back.
 */
function setBacks(
  moved: readonly Move[],
  admissions: readonly AdmittedPlace[],
): readonly Violation[] {
  const usedUp = new Set(admissions.map(({ sequence }) => sequence));
  return moved
    .filter(({ shown }) => !usedUp.has(shown.sequence))
    .map(({ shown, answered }) => ({
      check: "line",
      message: "a buyer sent a place and the answer had a place further back",
      ids: { userId: shown.userId, shown: shown.sequence, answered: answered.sequence },
    }));
}

function overtakings(
  waits: readonly Wait[],
  admissions: readonly AdmittedPlace[],
): readonly Violation[] {
  // A buyer who misses an admission and returns waits from the return on.
  const isWhole = ({ place: { sequence }, fromUs, toUs }: Wait): boolean =>
    !admissions.some(
      (own) => own.sequence === sequence && own.admittedAtUs > fromUs && own.admittedAtUs < toUs,
    );
  return waits.filter(isWhole).flatMap(({ place: { userId, sequence }, fromUs, toUs }) =>
    admissions
      .filter((by) => by.sequence > sequence)
      .filter(({ admittedAtUs }) => admittedAtUs > fromUs && admittedAtUs < toUs)
      .map((by) => ({
        check: "line",
        message: "a later buyer was admitted while the buyer waited and polled in time",
        ids: { userId, sequence, overtakenBy: by.userId, admittedAtUs: by.admittedAtUs },
      })),
  );
}
