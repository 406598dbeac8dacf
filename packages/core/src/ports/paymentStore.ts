import type { Points } from "../shared/points.ts";
import type { Tx, TxOrNone } from "./transaction.ts";

export type PaymentStatus = "CAPTURED" | "REFUNDED";

export interface Payment {
  readonly id: number;
  readonly reservationId: number;
  readonly userId: number;
  readonly amount: Points;
  readonly status: PaymentStatus;
  readonly version: number;
  readonly capturedAt: Date;
  readonly refundedAt: Date | undefined;
}

/** At most one payment for a reservation, by a unique index. */
export interface PaymentStore {
  insert(
    tx: Tx,
    payment: { id: number; reservationId: number; userId: number; amount: Points },
  ): Promise<void>;
  find(tx: TxOrNone, id: number): Promise<Payment | undefined>;
  /** CAPTURED to REFUNDED; `false` when another came first. */
  refund(tx: Tx, id: number): Promise<boolean>;
}
