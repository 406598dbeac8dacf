/** A process that sells as fast as it can, and prints each answer that a buyer got. */

import { openCore } from "../../src/compose/openCore.ts";
import { readConfig } from "../../src/config/readConfig.ts";
import { payReservation } from "../../src/payment/payReservation.ts";
import { chargePoints } from "../../src/point/chargePoints.ts";
import { holdSeats } from "../../src/reservation/holdSeats.ts";
import { codeOf, QUEUE_ID, SEAT_PRICE } from "./fixtures.ts";
import { shuffled } from "./raceTools.ts";

/** Buyers at the same time. */
const WIDTH = 24;

const seatIds = (process.env.RUSH_SEATS ?? "").split(",").map(Number);
const { core } = await openCore(readConfig(process.env), { role: "api" });
let buyers = Number(process.env.RUSH_FIRST_USER);

function report(what: string, id: number, amount = 0): void {
  process.stdout.write(`${what} ${id} ${amount}\n`);
}

async function buyer(): Promise<void> {
  buyers += 1;
  const userId = buyers;
  const wanted = shuffled(seatIds, Math.random).slice(0, 1 + (userId % 3));
  await chargePoints(core, { userId, amount: wanted.length * SEAT_PRICE });
  report("charged", userId, wanted.length * SEAT_PRICE);
  const hold = await holdSeats(core, { userId, seatIds: wanted, queueId: QUEUE_ID });
  report("reserved", hold.value.reservationId);
  const { reservationId } = hold.value;
  const idempotency = { key: `pay-${reservationId}` };
  const paid = await payReservation(core, { userId, reservationId, idempotency });
  report("paid", paid.value.paymentId);
}

async function keepSelling(): Promise<never> {
  for (;;) {
    await buyer().catch((error: unknown) => report(codeOf(error), 0));
  }
}
await Promise.all(Array.from({ length: WIDTH }, keepSelling));
