import type { SaleWindow } from "@onsale/core";

/** Whether seats of a performance can be bought now. */
export type SaleState = "open" | "ahead" | "closed" | "begun";

/** Returns the state of a performance's sale at a time. */
export function saleState(
  { startsAt, saleOpensAt, saleClosesAt }: SaleWindow & { readonly startsAt: Date },
  nowMs: number,
): SaleState {
  if (startsAt.getTime() <= nowMs) return "begun";
  if (saleClosesAt && saleClosesAt.getTime() <= nowMs) return "closed";
  return saleOpensAt && saleOpensAt.getTime() > nowMs ? "ahead" : "open";
}
