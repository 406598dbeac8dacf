import type { BadCaseFixture } from "./badTemplate.ts";
import { activeBuyer, holdSeat, waitingBuyer } from "./buyer.ts";
import { makeSale } from "./sale.ts";
import type { TestApi } from "./testApi.ts";

/** Makes a sale with an active and a waiting buyer, and a hold of a third one. */
export async function badCaseFixture(api: TestApi, trusted: boolean): Promise<BadCaseFixture> {
  const sale = await makeSale(api.core, 5);
  const stranger = await activeBuyer(api);
  const active = await activeBuyer(api);
  const strangersReservation = await holdSeat(api, stranger, sale.seatIds[0] ?? 0);
  const waiting = await waitingBuyer(api);
  const adminToken = api.adminToken();
  return { sale, active, waiting, strangersReservation, adminToken, trusted };
}
