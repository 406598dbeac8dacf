import {
  type Acknowledgements,
  type CoreContext,
  checkInvariants,
  type InvariantId,
} from "@onsale/core";

/** A violation from the commit that caused it until the commit that ended it. */
export interface ViolationSpan {
  readonly invariant: InvariantId;
  readonly message: string;
  /** The reservation, payment or account. Undefined for a sum over all rows. */
  readonly subject: string | undefined;
  readonly fromMs: number;
  /** Undefined while the violation lasts. */
  untilMs: number | undefined;
}

/** A row that the watch judges. */
export interface Judged {
  readonly id: InvariantId;
  readonly message: string;
  readonly ids: Readonly<Record<string, unknown>>;
}

/**
 * Observes since when and until when each violation lasts.
 *
 * An invariant that holds always has no span. An invariant that holds only in the end has spans,
 * and each of them has ended. A span that lasts when all work is done is a failure.
 */
export class ConsistencyWatch {
  readonly #spans: ViolationSpan[] = [];
  readonly #open = new Map<string, ViolationSpan>();

  /** Takes all violations of one moment. */
  observe(nowMs: number, violations: readonly Judged[]): void {
    const seen = new Set<string>();
    for (const { id, message, ids } of violations) {
      const subject = subjectOf(ids);
      const key = `${id} ${message} ${subject}`;
      seen.add(key);
      if (this.#open.has(key)) continue;
      const span: ViolationSpan = {
        ...{ invariant: id, message, subject },
        ...{ fromMs: nowMs, untilMs: undefined },
      };
      this.#open.set(key, span);
      this.#spans.push(span);
    }
    for (const [key, span] of this.#open) {
      if (seen.has(key)) continue;
      span.untilMs = nowMs;
      this.#open.delete(key);
    }
  }

  get spans(): readonly ViolationSpan[] {
    return this.#spans;
  }

  /** The violations that last. */
  get lasting(): readonly ViolationSpan[] {
    return [...this.#open.values()];
  }
}

/** The columns that name the row of a violation. Other ids can change while it lasts. */
const SUBJECTS = [
  "reservationId",
  "paymentId",
  "seatId",
  "userId",
  "messageId",
  "entryId",
  "aggregateId",
];

function subjectOf(ids: Readonly<Record<string, unknown>>): string | undefined {
  const named = SUBJECTS.filter((name) => ids[name] !== undefined && ids[name] !== null);
  return named.length === 0 ? undefined : named.map((name) => `${name} ${ids[name]}`).join(" ");
}

/**
 * Checks the invariants of the product on the databases of both services at one moment.
 *
 * One rule of I2 needs other words: the product refunds a payment only together with its
 * reservation. A payment that was refunded because the hold had ended belongs to a reservation that
 * is EXPIRED or CANCELLED, and breaks nothing.
 */
export async function judgeNow(
  core: Pick<CoreContext, "config" | "invariantReader">,
  acknowledged: Acknowledgements,
): Promise<readonly Judged[]> {
  const { results } = await checkInvariants(core, { acknowledged });
  return results.flatMap(({ id, violations }) =>
    violations
      .filter(({ ids }) => id !== "I2" || !isCompensated(ids))
      .map(({ message, ids }) => ({ id, message, ids })),
  );
}

function isCompensated({
  reservationStatus,
  paymentStatus,
}: Readonly<Record<string, unknown>>): boolean {
  const hasEnded = reservationStatus === "EXPIRED" || reservationStatus === "CANCELLED";
  return hasEnded && paymentStatus === "REFUNDED";
}
