import type { BenchGround } from "../benchGround.ts";
import type { BenchFigures } from "../benchReport.ts";
import { type BenchBuyer, setTheStage } from "../benchStage.ts";
import type { Contender } from "../contender.ts";
import { benchOverHttp } from "../httpBench.ts";
import { addBareSeats, bareHold } from "../yardstick/bareHolds.ts";
import { type BarePool, openBarePool } from "../yardstick/barePool.ts";
import { bareContender } from "./bareContender.ts";
import { holdRequest } from "./holdRequest.ts";
import { idCounter } from "./idCounter.ts";
import { userIdsFrom } from "./userIds.ts";

/** The share of a round that the holds of one lone client take: latency needs few operations. */
const ALONE_SHARE = 0.5;
const ALONE_OPERATIONS_MIN = 50;

/**
 * Accepted holds on distinct seats by distinct buyers against V0, at saturation and with a lone
 * client.
 */
export async function benchHolds(ground: BenchGround): Promise<BenchFigures> {
  const { core, settings } = ground;
  const stage = await setTheStage(core, "bench");
  let buyers: readonly BenchBuyer[] = [];
  const pool = await openBarePool(await ground.bareMysqlUrl(), settings.bareConnections);
  const lonePool = await openBarePool(await ground.bareMysqlUrl(), 1);
  const nextId = idCounter();
  try {
    const operationsMin = Math.min(ALONE_OPERATIONS_MIN, settings.operationsMin);
    const alone = { ...settings, operationsMin, roundMs: settings.roundMs * ALONE_SHARE };
    return await benchOverHttp(ground, {
      apiProcesses: settings.apiProcesses,
      async requestsOf(operations) {
        const missing = userIdsFrom(buyers.length + 1, operations - buyers.length);
        buyers = [...buyers, ...(await stage.admit(missing))];
        const { seatIds } = await stage.addSeats(operations);
        return seatIds.map((seatId, index) => holdRequest(seatId, buyers[index]?.token));
      },
      partsOn: async () => [
        {
          ...{ title: `${settings.inFlight} in flight`, inFlight: settings.inFlight, settings },
          yardstick: bareHolds(ground, pool, nextId),
        },
        {
          ...{ title: "1 in flight", inFlight: 1, settings: alone },
          yardstick: bareHolds(ground, lonePool, nextId),
        },
      ],
    });
  } finally {
    await Promise.all([pool.close(), lonePool.close()]);
  }
}

function bareHolds(
  { core }: BenchGround,
  pool: BarePool,
  nextId: (count: number) => number,
): Contender {
  return bareContender(pool, async (operations) => {
    const { performanceId, seatIds } = await addBareSeats(pool, operations);
    const seatOf = (index: number) => seatIds[index] ?? 0;
    const newMessageId = () => core.ids.uuid();
    return bareHold({ performanceId, firstId: nextId(operations), seatOf, newMessageId });
  });
}
