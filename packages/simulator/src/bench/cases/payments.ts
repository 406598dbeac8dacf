import { type CoreContext, chargePoints, holdSeats } from "@onsale/core";
import type { BenchGround } from "../benchGround.ts";
import type { BenchFigures } from "../benchReport.ts";
import { type BenchBuyer, type BenchStage, setTheStage, sideBySide } from "../benchStage.ts";
import type { Contender } from "../contender.ts";
import { benchOverHttp } from "../httpBench.ts";
import { requestText } from "../load/loadPlan.ts";
import { addBareSeats, bareHold } from "../yardstick/bareHolds.ts";
import { barePayment, openBareAccounts } from "../yardstick/bareMoney.ts";
import { type BarePool, openBarePool } from "../yardstick/barePool.ts";
import { bareContender } from "./bareContender.ts";
import { idCounter } from "./idCounter.ts";
import { userIdsFrom } from "./userIds.ts";

/** Enough points for the payments of all rounds. */
const POINTS = 100_000;

/** Payments of one seat by distinct buyers against the bare loop of the same rows. */
export async function benchPayments(ground: BenchGround): Promise<BenchFigures> {
  const { settings } = ground;
  const stage = await setTheStage(ground.core, "bench");
  const pool = await openBarePool(await ground.bareMysqlUrl(), settings.bareConnections);
  try {
    return await benchOverHttp(ground, {
      apiProcesses: settings.apiProcesses,
      requestsOf: paymentsByBuyersOf(ground.core, stage),
      partsOn: async () => [
        {
          ...{ title: `${settings.inFlight} in flight`, inFlight: settings.inFlight, settings },
          yardstick: barePayments(ground, pool),
        },
      ],
    });
  } finally {
    await pool.close();
  }
}

/** A payment ends the admission of its buyer, so the buyers join again before each round. */
function paymentsByBuyersOf(
  core: CoreContext,
  stage: BenchStage,
): (operations: number) => Promise<readonly string[]> {
  let withPoints = 0;
  return async (operations) => {
    const missing = userIdsFrom(1 + withPoints, operations - withPoints);
    await givePoints(core, missing);
    withPoints += missing.length;
    return paymentRequests(core, stage, await stage.admit(userIdsFrom(1, operations)));
  };
}

/** Charges enough points for the payments of all rounds. */
export async function givePoints(core: CoreContext, userIds: readonly number[]): Promise<void> {
  await sideBySide(userIds, (userId) => chargePoints(core, { userId, amount: POINTS }));
}

/** Lets each admitted buyer hold one seat, and returns the requests that pay the holds. */
export async function paymentRequests(
  core: CoreContext,
  stage: BenchStage,
  buyers: readonly BenchBuyer[],
): Promise<readonly string[]> {
  const { queueId } = stage;
  const { seatIds } = await stage.addSeats(buyers.length);
  return sideBySide([...buyers.entries()], async ([index, { userId, token }]) => {
    const held = await holdSeats(core, { userId, queueId, seatIds: [seatIds[index] ?? 0] });
    const { reservationId } = held.value;
    const path = "/api/v1/payment/pay";
    return requestText({ method: "POST", path, body: { reservationId }, token });
  });
}

function barePayments({ core }: BenchGround, pool: BarePool): Contender {
  const nextId = idCounter();
  const newMessageId = () => core.ids.uuid();
  return bareContender(pool, async (operations) => {
    const { performanceId, seatIds } = await addBareSeats(pool, operations);
    const firstId = nextId(operations);
    await openBareAccounts(pool, userIdsFrom(firstId, operations));
    const seatOf = (index: number) => seatIds[index] ?? 0;
    await pool.run(operations, bareHold({ performanceId, firstId, seatOf, newMessageId }));
    return barePayment({ firstId, seatOf, newMessageId });
  });
}
