import type { Acknowledgements } from "@onsale/core";

/**
 * The answers that clients received. The checker of I10 compares each of them with the database.
 */
export class AcknowledgedLog {
  readonly #reservationIds = new Set<number>();
  readonly #paymentIds = new Set<number>();
  readonly #chargedByUser = new Map<number, number>();

  reservation(reservationId: number): void {
    this.#reservationIds.add(reservationId);
  }

  payment(paymentId: number): void {
    this.#paymentIds.add(paymentId);
  }

  /** Records one charge for each Idempotency-Key, because a repeated request charges nothing. */
  charge(userId: number, amount: number): void {
    this.#chargedByUser.set(userId, (this.#chargedByUser.get(userId) ?? 0) + amount);
  }

  all(): Acknowledgements {
    return {
      reservationIds: [...this.#reservationIds],
      paymentIds: [...this.#paymentIds],
      chargedByUser: new Map(this.#chargedByUser),
    };
  }

  counts(): { reservations: number; payments: number; chargedUsers: number } {
    return {
      reservations: this.#reservationIds.size,
      payments: this.#paymentIds.size,
      chargedUsers: this.#chargedByUser.size,
    };
  }
}
