import type { SeatRow } from "@onsale/core";
import type { BuyerPlan } from "../actors/buyerPlan.ts";
import type { SessionResult } from "../actors/runSession.ts";
import type { RushResult } from "./rushResult.ts";
import type { PreparedSale } from "./setUpSale.ts";

/** A seat of the database after the rush. */
export interface SeatAtEnd {
  readonly status: SeatRow["status"];
  readonly price: number;
  /** The time of the sale; null for an unsold seat. */
  readonly soldMs: number | null;
}

interface ClientsAtEnd {
  readonly clients: readonly BuyerPlan[];
  readonly stories: readonly SessionResult[];
}

/** Counts sold and unsold seats, and finds the reason why seats are unsold. */
export function summariseSale(
  seats: ReadonlyMap<number, SeatAtEnd>,
  people: ClientsAtEnd,
): RushResult["sale"] {
  const all = [...seats.values()];
  const sold = all.filter((seat) => seat.status === "SOLD");
  const held = all.filter((seat) => seat.status === "HELD").length;
  const available = all.length - sold.length - held;
  let lastSaleMs: number | null = null;
  for (const { soldMs } of sold) lastSaleMs = Math.max(lastSaleMs ?? 0, soldMs ?? 0);
  return {
    seats: all.length,
    sold: sold.length,
    held,
    available,
    soldOutMs: sold.length === all.length ? lastSaleMs : null,
    lastSaleMs,
    unsoldReason:
      sold.length === all.length ? null : whyUnsold(all.length, held, available, people),
    revenue: sold.reduce((sum, seat) => sum + seat.price, 0),
  };
}

function whyUnsold(
  seats: number,
  held: number,
  available: number,
  { clients, stories }: ClientsAtEnd,
): string {
  if (stories.some((story) => story.outcome === "stopped")) return "the rush was ended early";
  const reasons: string[] = [];
  const wanted = clients.reduce((sum, plan) => sum + (plan.abandons ? 0 : plan.partySize), 0);
  if (held > 0) {
    reasons.push(`${held} still held by buyers who left: their holds expire later`);
  }
  if (available > 0) {
    const demand = `${available} for sale again after the last buyer had left`;
    const short = `${available} not wanted: all buyers together wanted ${wanted} seats`;
    reasons.push(wanted < seats ? short : demand);
  }
  return reasons.join("; ");
}

/** Returns the times of sale by section, in the order of the hall. */
export function mapOfSeats(
  hall: PreparedSale["hall"],
  seats: ReadonlyMap<number, SeatAtEnd>,
): RushResult["seatMap"] {
  const sections = Map.groupBy(hall, (seat) => seat.section);
  return [...sections].map(([section, members]) => ({
    section,
    price: members[0]?.price ?? 0,
    soldMs: members.map((seat) => seats.get(seat.id)?.soldMs ?? null),
  }));
}
