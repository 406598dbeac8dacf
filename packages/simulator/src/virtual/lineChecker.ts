import { ticketAnswer } from "../actors/answers.ts";
import type { Transport, TransportAnswer, TransportRequest } from "../actors/httpTransport.ts";
import type { Violation } from "./violations.ts";

/** A place in line, read from its queue token. */
export interface ProvenPlace {
  readonly userId: number;
  readonly sequence: number;
}

/** The admission of a place. */
export interface AdmittedPlace extends ProvenPlace {
  readonly admittedAtUs: number;
}

/** A poll whose answer was WAITING; µs since the epoch. */
interface Sighting {
  readonly place: ProvenPlace;
  readonly requestedUs: number;
  readonly answeredUs: number;
}

/** The place of a buyer's token, and a place further back in the answer. */
interface Move {
  readonly shown: ProvenPlace;
  readonly answered: ProvenPlace;
}

/** A wait of a buyer without a gap, from one answer to the next poll; µs since the epoch. */
interface Wait {
  readonly place: ProvenPlace;
  readonly fromUs: number;
  readonly toUs: number;
}

export interface LineChecker {
  /** The transport to the API; the checker reads its requests and answers. */
  readonly transport: Transport;
  /** Records that Redis has just lost the queue. */
  redisLost(): void;
  /** Places that buyers lost in line, given all admissions. */
  violations(admissions: readonly AdmittedPlace[]): readonly Violation[];
}

export interface LineCheckerOptions {
  readonly transport: Transport;
  nowUs(): number;
  placeOf(token: string): ProvenPlace;
  /** A buyer who polls again within this time after an answer must keep the place. */
  readonly returnsWithinMs: number;
}

/** Checks the line from the clients' side: the place of each poll, and the place of its answer. */
export function lineChecker({
  transport,
  nowUs,
  placeOf,
  returnsWithinMs,
}: LineCheckerOptions): LineChecker {
  const latest = new Map<number, Sighting>();
  const losses: number[] = [];
  const moved: Move[] = [];
  const waits: Wait[] = [];

  function listen(request: TransportRequest, answer: TransportAnswer, requestedUs: number): void {
    if (request.method === "DELETE" || answer.kind !== "accepted") return;
    const { token, status } = ticketAnswer.parse(answer.data);
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
    if (before?.place.sequence !== place.sequence) return;
    if (answeredUs - before.requestedUs > returnsWithinMs * 1000) return;
    waits.push({ place, fromUs: sinceLoss(before.answeredUs, requestedUs), toUs: requestedUs });
  }

  /**
   * Redis can lose an admission that no journal has recorded. Its buyer never learnt of that
   * admission and waits again, so the wait of another buyer counts only from the loss.
   */
  function sinceLoss(fromUs: number, toUs: number): number {
    return losses.find((atUs) => atUs > fromUs && atUs < toUs) ?? fromUs;
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
    redisLost: () => void losses.push(nowUs()),
    violations: (admissions) => [...setBacks(moved, admissions), ...overtakings(waits, admissions)],
  };
}

/** An admitted place is used; its buyer rightly joins again further back. */
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
  return waits.flatMap(({ place: { userId, sequence }, fromUs, toUs }) =>
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
