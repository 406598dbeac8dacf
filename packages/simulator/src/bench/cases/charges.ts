import { chargePoints } from "@onsale/core";
import type { BenchGround } from "../benchGround.ts";
import type { BenchFigures } from "../benchReport.ts";
import { sideBySide } from "../benchStage.ts";
import { benchOverHttp } from "../httpBench.ts";
import { requestText } from "../load/loadPlan.ts";
import { bareCharge, openBareAccounts } from "../yardstick/bareMoney.ts";
import { openBarePool } from "../yardstick/barePool.ts";
import { bareContender } from "./bareContender.ts";
import { userIdsFrom } from "./userIds.ts";

/** So many that the charges in flight are of different users. */
const USERS = 2000;
const AMOUNT = 100;

/** Charges of many users against the bare loop of the same rows. */
export async function benchCharges(ground: BenchGround): Promise<BenchFigures> {
  const { core, settings } = ground;
  const userIds = userIdsFrom(1, Math.min(USERS, settings.operationsMax));
  await sideBySide(userIds, (userId) => chargePoints(core, { userId, amount: AMOUNT }));
  const requests = userIds.map((userId) =>
    requestText({ method: "PUT", path: "/api/v1/points/charge", body: { userId, amount: AMOUNT } }),
  );
  const pool = await openBarePool(await ground.bareMysqlUrl(), settings.bareConnections);
  try {
    await openBareAccounts(pool, userIds);
    const userOf = (index: number) => userIds[index % userIds.length] ?? 0;
    const newMessageId = () => core.ids.uuid();
    const charge = bareCharge({ userOf, amount: AMOUNT, newMessageId });
    return await benchOverHttp(ground, {
      apiProcesses: settings.apiProcesses,
      requestsOf: async () => requests,
      partsOn: async () => [
        {
          ...{ title: `${settings.inFlight} in flight`, inFlight: settings.inFlight, settings },
          yardstick: bareContender(pool, async () => charge),
        },
      ],
    });
  } finally {
    await pool.close();
  }
}
