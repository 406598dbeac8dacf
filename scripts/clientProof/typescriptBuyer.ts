import { createClient } from "@onsale/client";
import type { Visit } from "./visit.ts";

/**
 * Buys two tickets with `@onsale/client`, and returns them.
 * @returns the lines that the programs of the other clients print
 */
export async function buyInTypeScript({ url, signal, admit }: Visit): Promise<string> {
  const lines: string[] = [];
  const issuer = createClient({ baseUrl: url });
  const user = await issuer.call("createUser", { body: { name: "Ada" } }, { signal });
  lines.push(`User ${user.userId}`);
  const onsale = createClient({ baseUrl: url, accessToken: user.accessToken });
  const [concert] = (await onsale.concerts({}, { signal })).concerts;
  if (concert === undefined) throw new Error("The API lists no concert");
  const visit = await onsale.joinQueue({ queueId: concert.queueId }, { signal });
  for await (const { status, position } of visit.follow({ signal })) {
    if (status !== "WAITING") continue;
    lines.push(`Position ${position}`);
    await admit();
  }
  const [date] = (await visit.dates(concert.id, { signal })).concerts;
  if (date === undefined) throw new Error("The API lists no performance");
  const { seats } = await visit.seats(date.concertOptionId, { signal });
  const seatIds = seats.slice(0, 2).map(({ seatId }) => seatId);
  const { reservationId, amount } = await visit.hold(seatIds, { signal });
  await onsale.chargePoints(amount, { idempotencyKey: `charge-${reservationId}`, signal });
  const paid = await visit.pay(reservationId, { signal });
  const names = paid.seats.map(({ seatNo }) => seatNo).join(" and ");
  lines.push(`Bought ${names} for ${paid.price} points`);
  const returned = await onsale.refund(paid.paymentId, { signal });
  lines.push(`Returned ${returned.refunded} points, balance ${returned.currentPoints}`);
  return lines.join("\n");
}
