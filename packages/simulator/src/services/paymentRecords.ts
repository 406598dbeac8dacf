import type { BuyerState } from "./reservationService.ts";

/** A payment that a buyer asked for, with every state that the database had. */
export interface PaymentRecord {
  readonly userId: number;
  readonly reservationId: number;
  /** When the buyer sent the first request, ms. */
  readonly askedMs: number;
  readonly states: { readonly state: BuyerState; readonly atMs: number }[];
}

const LAST: ReadonlySet<BuyerState> = new Set(["CONFIRMED", "RETURNED", "ENDED"]);

/** The payments of a run. */
export class PaymentRecords {
  readonly #records = new Map<number, PaymentRecord>();

  begin(record: Omit<PaymentRecord, "states">): void {
    this.#records.set(record.reservationId, { ...record, states: [] });
  }

  /** The payments that may still change. */
  get open(): readonly PaymentRecord[] {
    return this.all.filter(({ states }) => !LAST.has(states.at(-1)?.state ?? "HELD"));
  }

  get all(): readonly PaymentRecord[] {
    return [...this.#records.values()];
  }
}

/** Adds the state of this moment, unless it is the last one. */
export function noteState({ states }: PaymentRecord, state: BuyerState, atMs: number): void {
  if (states.at(-1)?.state !== state) states.push({ state, atMs });
}

/** From the request until the end of the payment, ms; undefined while it has no end. */
export function settledMsOf({ askedMs, states }: PaymentRecord): number | undefined {
  const last = states.at(-1);
  return last && LAST.has(last.state) ? last.atMs - askedMs : undefined;
}

/** How long the payment was in the state, over all visits, ms. */
export function msIn({ states }: PaymentRecord, state: BuyerState): number {
  let sum = 0;
  for (const [at, { state: one, atMs }] of states.entries()) {
    if (one === state) sum += (states[at + 1]?.atMs ?? atMs) - atMs;
  }
  return sum;
}
