import { startApis } from "../benchApis.ts";
import type { BenchGround } from "../benchGround.ts";
import type { BenchFigures } from "../benchReport.ts";
import { type BenchBuyer, type BenchStage, setTheStage } from "../benchStage.ts";
import type { Contender } from "../contender.ts";
import { benchOverHttp, productContender } from "../httpBench.ts";
import { openLoadGenerator } from "../load/loadGenerator.ts";
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
 * client. With another version, also a lone client of this version against one of the other.
 */
export async function benchHolds(ground: BenchGround): Promise<BenchFigures> {
  const { core, settings } = ground;
  const stage = await setTheStage(core, "bench");
  const pool = await openBarePool(await ground.bareMysqlUrl(), settings.bareConnections);
  const lonePool = await openBarePool(await ground.bareMysqlUrl(), 1);
  const { against } = settings;
  const other = against === undefined ? undefined : await openOther(ground, against);
  const nextId = idCounter();
  try {
    const operationsMin = Math.min(ALONE_OPERATIONS_MIN, settings.operationsMin);
    const alone = { ...settings, operationsMin, roundMs: settings.roundMs * ALONE_SHARE };
    const lone = { inFlight: 1, settings: alone } as const;
    return await benchOverHttp(ground, {
      apiProcesses: settings.apiProcesses,
      requestsOf: holdsOf(stage),
      partsOn: async () => [
        {
          ...{ title: `${settings.inFlight} in flight`, inFlight: settings.inFlight, settings },
          yardstick: bareHolds(ground, pool, nextId),
        },
        { ...lone, title: "1 in flight", yardstick: bareHolds(ground, lonePool, nextId) },
        ...(other === undefined
          ? []
          : [{ ...lone, title: `1 in flight, against ${other.name}`, yardstick: other }]),
      ],
    });
  } finally {
    await Promise.all([pool.close(), lonePool.close(), other?.close()]);
  }
}

/** Each operation is the hold of an unused seat by another buyer. */
function holdsOf(stage: BenchStage): (operations: number) => Promise<readonly string[]> {
  let buyers: readonly BenchBuyer[] = [];
  return async (operations) => {
    const missing = userIdsFrom(buyers.length + 1, operations - buyers.length);
    buyers = [...buyers, ...(await stage.admit(missing))];
    const { seatIds } = await stage.addSeats(operations);
    return seatIds.map((seatId, index) => holdRequest(seatId, buyers[index]?.token));
  };
}

/** The version of another checkout as a yardstick, under the load of a lone client. */
async function openOther(
  { openOtherVersion, settings: { apiProcesses: count }, signal }: BenchGround,
  checkout: string,
): Promise<Contender & { close(): Promise<void> }> {
  const version = await openOtherVersion(checkout);
  const { name, core, workflows } = version;
  const requestsOf = holdsOf(await setTheStage(core, "bench", workflows));
  const apis = await startApis(version.apis, { count, profiled: false, signal });
  const generator = openLoadGenerator();
  return {
    ...productContender({ apis, generator, inFlight: 1, requestsOf }),
    name,
    async close() {
      await Promise.all([generator.close(), apis.stop()]);
      await version.close();
    },
  };
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
