import { ticketAnswer } from "../actors/answers.ts";
import type { Transport, TransportAnswer, TransportRequest } from "../actors/httpTransport.ts";
import type { Violation } from "./violations.ts";

/** A place in line as its token proves it. */
export interface ProvenPlace {
  readonly userId: number;
  readonly sequence: number;
}

/** When a place was let in. */
export interface LetIn extends ProvenPlace {
  readonly admittedAtUs: number;
}

/** A buyer asked for their place and was told that they wait; µs since the epoch. */
interface Sighting {
  readonly place: ProvenPlace;
  readonly askedUs: number;
  readonly toldUs: number;
}

/** The place of a buyer's token, and a place further back that the answer told. */
interface Move {
  readonly shown: ProvenPlace;
  readonly told: ProvenPlace;
}

/** Somebody waited without a gap, from one answer to the next question; µs since the epoch. */
interface Wait {
  readonly place: ProvenPlace;
  readonly fromUs: number;
  readonly toUs: number;
}

export interface LineChecker {
  /** The way to the API, listened in on. */
  readonly transport: Transport;
  /** Redis has lost the queue now. */
  redisLost(): void;
  /** What became of those in line and must not have, given everybody who was let in. */
  violations(admissions: readonly LetIn[]): readonly Violation[];
}

export interface LineCheckerOptions {
  readonly transport: Transport;
  nowUs(): number;
  placeOf(token: string): ProvenPlace;
  /** Who is back so long after they were told their place has lost nothing, whatever happened. */
  readonly returnsWithinMs: number;
}

/** Watches the line as those in it see it: what each poll showed, and what it was told. */
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

  function listen(request: TransportRequest, answer: TransportAnswer, askedUs: number): void {
    if (request.method === "DELETE" || answer.kind !== "accepted") return;
    const { token, status } = ticketAnswer.parse(answer.data);
    const place = placeOf(token);
    const before = latest.get(place.userId);
    latest.delete(place.userId);
    if (status !== "WAITING") return;
    const toldUs = nowUs();
    latest.set(place.userId, { place, askedUs, toldUs });
    if (request.method === "GET") {
      const shown = placeOf(request.token ?? "");
      if (shown.sequence < place.sequence) moved.push({ shown, told: place });
    }
    if (before?.place.sequence !== place.sequence) return;
    if (toldUs - before.askedUs > returnsWithinMs * 1000) return;
    waits.push({ place, fromUs: sinceLoss(before.toldUs, askedUs), toUs: askedUs });
  }

  /**
   * A pass that was given before the loss, and not recorded, is lost with it: who had it never
   * heard of it, and waits again, behind nobody but those who had theirs.
   */
  function sinceLoss(fromUs: number, toUs: number): number {
    return losses.find((atUs) => atUs > fromUs && atUs < toUs) ?? fromUs;
  }

  return {
    transport: {
      ...transport,
      async send(target, request) {
        const askedUs = nowUs();
        const answer = await transport.send(target, request);
        if (request.path.startsWith("/queue/tokens")) listen(request, answer, askedUs);
        return answer;
      },
    },
    redisLost: () => void losses.push(nowUs()),
    violations: (admissions) => [...setBacks(moved, admissions), ...overtakings(waits, admissions)],
  };
}

/** A place that was let in is used up, and its buyer rightly stands anew. */
function setBacks(moved: readonly Move[], admissions: readonly LetIn[]): readonly Violation[] {
  const usedUp = new Set(admissions.map(({ sequence }) => sequence));
  return moved
    .filter(({ shown }) => !usedUp.has(shown.sequence))
    .map(({ shown, told }) => ({
      check: "line",
      message: "a buyer showed a place and was told one further back",
      ids: { userId: shown.userId, shown: shown.sequence, told: told.sequence },
    }));
}

function overtakings(waits: readonly Wait[], admissions: readonly LetIn[]): readonly Violation[] {
  return waits.flatMap(({ place: { userId, sequence }, fromUs, toUs }) =>
    admissions
      .filter((by) => by.sequence > sequence)
      .filter(({ admittedAtUs }) => admittedAtUs > fromUs && admittedAtUs < toUs)
      .map((by) => ({
        check: "line",
        message: "somebody behind was let in while the buyer waited and came back in time",
        ids: { userId, sequence, overtakenBy: by.userId, admittedAtUs: by.admittedAtUs },
      })),
  );
}
