import { type RunningApis, startApis } from "../benchApis.ts";
import type { BenchGround } from "../benchGround.ts";
import type { BenchFigures, Comparison } from "../benchReport.ts";
import { type BenchStage, setTheStage } from "../benchStage.ts";
import { compare, type RoundSettings, WARM_UPS } from "../compare.ts";
import type { Contender } from "../contender.ts";
import { type LoadGenerator, openLoadGenerator } from "../load/loadGenerator.ts";
import { holdRequest } from "./holdRequest.ts";
import { givePoints, paymentRequests } from "./payments.ts";
import { openPollingCrowd } from "./pollingCrowd.ts";
import { userIdsFrom } from "./userIds.ts";

/*
 * The benchmark of the crowd
 *
 * Question: do the buyers in the waiting room slow down the buyers inside? Holds, and then
 * payments, arrive at a fixed rate, far below saturation, so their latency shows what disturbs
 * them. The product with a crowd in its queue is compared with the product without waiting buyers,
 * on the same processes. The crowd has a process of its own, and each of its buyers polls as the
 * answers advise. The queue has the limits of a sale, because the advice follows from them. No
 * worker runs, so the crowd stays as large as it is.
 */

/** Rate of holds, and of payments, per second: far below the speed of two cores. */
const PER_SECOND = 100;
/** User ids of the crowd, above those of the buyers inside. */
const CROWD_FIRST_USER_ID = 10_000_000;

const OPERATIONS = ["holds", "payments"] as const;
type Operation = (typeof OPERATIONS)[number];

/** Latency of holds and payments beside a waiting crowd, against the same without a crowd. */
export async function benchCrowd(ground: BenchGround): Promise<BenchFigures> {
  const { measuring, signal } = ground;
  const settings = fixedRate(ground.settings);
  const quiet = await openInside(ground, await setTheStage(ground.core, "quiet"), settings, 1);
  const stage = await setTheStage(ground.core, "crowded");
  const firstUserId = CROWD_FIRST_USER_ID / 2;
  const crowded = await openInside(ground, stage, settings, firstUserId);
  const crowdIds = userIdsFrom(CROWD_FIRST_USER_ID, ground.settings.crowd);
  const waiting = await stage.waitAsInASale(crowdIds);
  const { apiProcesses: count } = ground.settings;
  const apis = await startApis(ground.apis, { count, profiled: false, signal });
  const room = await startWaitingRoom(ground, apis);
  const generator = openLoadGenerator();
  const crowd = openPollingCrowd(room, waiting);
  try {
    const comparisons: Comparison[] = [];
    for (const operation of OPERATIONS) {
      const beside = crowd.beside(pacedContender(apis, generator, crowded[operation]));
      const without = pacedContender(apis, generator, quiet[operation]);
      const title = `${operation} at ${PER_SECOND}/s`;
      comparisons.push(await compare(title, [beside, without], { ...measuring, settings }));
    }
    return { comparisons, notes: [crowd.note()] };
  } finally {
    await Promise.all([generator.close(), crowd.close()]);
    await Promise.all([room.stop(), apis.stop()]);
  }
}

/** Starts the processes of the waiting room, or lets the API processes serve it. */
async function startWaitingRoom(
  { apis: settings, settings: { queueProcesses: count }, signal }: BenchGround,
  apis: RunningApis,
): Promise<RunningApis> {
  if (count === 0) return { ...apis, pids: [], stop: async () => [] };
  return startApis(settings, { count, role: "queue", profiled: false, signal });
}

/** The rounds of a fixed rate have a fixed number of operations. */
function fixedRate(settings: RoundSettings): RoundSettings {
  const wanted = Math.round((settings.roundMs * PER_SECOND) / 1000);
  const operations = Math.min(wanted, settings.operationsMax);
  return { ...settings, operationsMin: operations, operationsMax: operations };
}

type Requests = (operations: number) => Promise<readonly string[]>;

/**
 * Admits the buyers of all rounds. They must be in before the crowd joins, because later buyers
 * would wait behind the crowd. A payment ends the admission of its buyer, so each round has other
 * payers.
 */
async function openInside(
  { core }: BenchGround,
  stage: BenchStage,
  { rounds, operationsMax }: RoundSettings,
  firstUserId: number,
): Promise<Readonly<Record<Operation, Requests>>> {
  const holders = await stage.admit(userIdsFrom(firstUserId, operationsMax));
  const payerIds = userIdsFrom(firstUserId + operationsMax, operationsMax * (WARM_UPS + rounds));
  await givePoints(core, payerIds);
  const payers = [...(await stage.admit(payerIds))];
  return {
    async holds(operations) {
      const { seatIds } = await stage.addSeats(operations);
      return seatIds.map((seatId, index) => holdRequest(seatId, holders[index]?.token));
    },
    payments: (operations) => paymentRequests(core, stage, payers.splice(0, operations)),
  };
}

function pacedContender(
  apis: RunningApis,
  generator: LoadGenerator,
  requestsOf: Requests,
): Contender {
  return {
    name: "none waiting",
    processes: { api: apis.pids, load: [generator.pid] },
    async prepare(total) {
      const requests = await requestsOf(total);
      const load = await generator.prepare({
        ...{ kind: "paced", targets: apis.targets, requests, total, perSecond: PER_SECOND },
      });
      return () => load.run();
    },
  };
}
