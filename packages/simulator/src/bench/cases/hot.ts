import { below, randomStreams } from "../../chance/seededRandom.ts";
import type { BenchGround } from "../benchGround.ts";
import type { BenchFigures } from "../benchReport.ts";
import { setTheStage } from "../benchStage.ts";
import type { Contender } from "../contender.ts";
import { benchOverHttp } from "../httpBench.ts";
import { addBareSeats, bareHold } from "../yardstick/bareHolds.ts";
import { type BarePool, openBarePool } from "../yardstick/barePool.ts";
import { bareContender } from "./bareContender.ts";
import { holdRequest } from "./holdRequest.ts";
import { idCounter } from "./idCounter.ts";
import { userIdsFrom } from "./userIds.ts";

/** Buyers of one hall. Each of them tries once to hold one seat. */
const USERS = 1000;
/** Seats of one hall. A round has as many halls as it needs, one after the other. */
const SEATS = 50;
const SEED = 1;

/** Many buyers on few seats: one hold in twenty is accepted. The yardstick is V0 on such seats. */
export async function benchHot(ground: BenchGround): Promise<BenchFigures> {
  const { settings } = ground;
  const stage = await setTheStage(ground.core, "bench");
  const buyers = await stage.admit(userIdsFrom(1, USERS));
  const random = randomStreams(SEED)("seats");
  const pool = await openBarePool(await ground.bareMysqlUrl(), settings.bareConnections);
  try {
    return await benchOverHttp(ground, {
      apiProcesses: settings.apiProcesses,
      async requestsOf(operations) {
        const requests: string[] = [];
        while (requests.length < operations) {
          const { seatIds } = await stage.addSeats(SEATS);
          for (const { token } of buyers.slice(0, operations - requests.length)) {
            requests.push(holdRequest(seatIds[below(random, SEATS)] ?? 0, token));
          }
        }
        return requests;
      },
      partsOn: async () => [
        {
          ...{ title: `${settings.inFlight} in flight`, inFlight: settings.inFlight, settings },
          yardstick: bareHotHolds(ground, pool),
        },
      ],
    });
  } finally {
    await pool.close();
  }
}

function bareHotHolds({ core }: BenchGround, pool: BarePool): Contender {
  const nextId = idCounter();
  const random = randomStreams(SEED)("seats");
  return bareContender(pool, async (operations) => {
    const halls = Math.ceil(operations / USERS);
    const { performanceId, seatIds } = await addBareSeats(pool, halls * SEATS);
    const chosen = Array.from({ length: operations }, (_, index) => {
      return seatIds[Math.floor(index / USERS) * SEATS + below(random, SEATS)] ?? 0;
    });
    const seatOf = (index: number) => chosen[index] ?? 0;
    const newMessageId = () => core.ids.uuid();
    return bareHold({ performanceId, firstId: nextId(operations), seatOf, newMessageId });
  });
}
