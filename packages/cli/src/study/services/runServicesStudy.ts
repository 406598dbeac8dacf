import { stackStatus } from "@onsale/devstack";
import {
  measureLiveServices,
  measureServices,
  SERVICES_REPORT_VERSION,
  type ServicesReport,
} from "@onsale/simulator/services";
import { loadAverageNow, thisMachine } from "@onsale/simulator/study";
import { durationText } from "@onsale/simulator/terminal";
import { commitOf } from "../../commitOf.ts";
import { reachableServers } from "../../reachableServers.ts";
import { measuredServers } from "../../stackEnvironment.ts";
import { readOwnership } from "./readOwnership.ts";
import { withServicesGround } from "./withServicesGround.ts";

export interface ServicesStudyInput {
  readonly firstSeed: number;
  readonly isQuick: boolean;
  /** Whether payments are also measured on the servers. */
  readonly isLive: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string, elapsedMs: number) => void;
}

/** The numbers of seeds and of payments on the servers. They keep a run within five minutes. */
const FULL = { seeds: 120, costSeeds: 40, naiveSeeds: 20, payments: 200 };
/** About half a minute. Every naive split still fails. */
const QUICK = { seeds: 8, costSeeds: 4, naiveSeeds: 8, payments: 20 };

/** Measures one transaction and two services in virtual time, and payments on the servers. */
export async function runServicesStudy(input: ServicesStudyInput): Promise<ServicesReport> {
  const { firstSeed, isQuick, isLive, signal, onProgress } = input;
  const size = isQuick ? QUICK : FULL;
  const takenAt = new Date().toISOString();
  const startedMs = performance.now();
  const loadBefore = loadAverageNow();
  // Before the run, because the checkout can change during it.
  const commit = await commitOf(import.meta.dirname);
  const say = (text: string): void => onProgress(text, performance.now() - startedMs);
  const live = isLive ? await measureOnServers(size.payments, signal, say) : [];
  const virtualMs = performance.now();
  const virtual = await measureServices({
    ...{ ...size, firstSeed, signal },
    onSeed(text, done) {
      const toGoMs = ((performance.now() - virtualMs) / done) * (1 - done);
      say(done === 0 ? text : `${text}; about ${durationText(toGoMs)} to go`);
    },
  });
  const loadAfter = loadAverageNow();
  return {
    ...{ schemaVersion: SERVICES_REPORT_VERSION, takenAt, isQuick, firstSeed },
    ...(commit !== undefined && { commit }),
    tookMs: Math.round(performance.now() - startedMs),
    machine: {
      ...thisMachine(),
      servers: isLive ? (await stackStatus()).map(({ flavour }) => flavour) : [],
      ...{ loadBefore, loadAfter },
    },
    ownership: [...(await readOwnership())],
    sales: [...virtual.sales],
    costs: [...virtual.costs],
    naive: [...virtual.naive],
    live,
  };
}

async function measureOnServers(
  payments: number,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<ServicesReport["live"]> {
  const servers = await measuredServers();
  await reachableServers(servers, ["mysql", "redis", "kafka"]);
  say("preparing the servers");
  const figures = await withServicesGround(servers, (ground) =>
    measureLiveServices(ground, {
      ...{ payments, signal },
      onMeasure: (text) => say(`on the servers: ${text}`),
    }),
  );
  return [...figures];
}
