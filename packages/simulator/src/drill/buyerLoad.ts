import type { Acknowledgements, CoreContext } from "@onsale/core";
import { AcknowledgedLog } from "../actors/acknowledgedLog.ts";
import { planClients } from "../actors/buyerPlan.ts";
import type { ClientEnvironment } from "../actors/clientEnvironment.ts";
import { httpTransport } from "../actors/httpTransport.ts";
import { runSession, type SessionResult } from "../actors/runSession.ts";
import { randomStreams } from "../chance/seededRandom.ts";
import { Recorder } from "../measure/recorder.ts";
import { type RoomSettings, rushDefaults } from "../rush/rushOptions.ts";
import { setUpSale } from "../rush/setUpSale.ts";

export interface BuyerLoadOptions {
  /** The API processes. */
  readonly baseUrls: readonly string[];
  /** Makes a user access token. */
  readonly tokenFor: (userId: number) => string | Promise<string>;
  readonly seats: number;
  readonly room: RoomSettings;
  /** Share of buyers who hold seats and then lose interest. */
  readonly abandonShare: number;
  /** Receives every answer. Default: a recorder that only the load reads. */
  readonly recorder?: Recorder;
  /** Maximum number of open connections to each API process. Default: as in a rush. */
  readonly connectionsMax?: number;
  /** Mean pause between two requests of a buyer, ms. Default: 150. */
  readonly thinkMs?: number;
}

/** Buyers who arrive at their planned times, whatever the answers are. */
export interface Arrivals {
  readonly buyers: number;
  /** The buyers arrive evenly over this time; 0 means all at the same moment. */
  readonly durationMs: number;
}

/** A sale of its own, and the buyers who load it. */
export interface BuyerLoad {
  readonly queueId: string;
  readonly performanceId: number;
  /** Adds buyers. Their sessions run until their ends, or until `stop`. */
  arrive(arrivals: Arrivals): void;
  counts(): { readonly arrived: number; readonly bought: number; readonly failed: number };
  /** The answers that buyers received, for the check of I10. */
  acknowledged(): Acknowledgements;
  /** Ends all sessions. Resolves when the last answer has arrived. */
  stop(): Promise<void>;
}

/** A request without an answer in this time counts as failed, ms. The API's limit is shorter. */
const REQUEST_TIMEOUT_MS = 15_000;
/** Mean pause between two requests of a buyer, ms. */
const THINK_MS = 150;
/** How long a buyer looks for returned seats, ms. */
const PATIENCE_MS = 3_000;
/**
 * Number of user ids that are reserved for one second, so that loads that begin in different
 * seconds share no user.
 */
const USERS_PER_SECOND = 1_000_000;

/** Creates a sale that no other load uses. No buyer arrives yet. */
export async function openBuyerLoad(
  core: CoreContext,
  options: BuyerLoadOptions,
): Promise<BuyerLoad> {
  const { clock } = core;
  const runId = core.ids.uuid().slice(-12);
  const { seats, room, recorder = new Recorder(), thinkMs = THINK_MS } = options;
  const sale = await setUpSale(core, { ...rushDefaults, seats, room, runId });
  const stopping = new AbortController();
  const acknowledged = new AcknowledgedLog();
  const transport = httpTransport({
    ...{ baseUrls: options.baseUrls, timeoutMs: REQUEST_TIMEOUT_MS },
    connectionsMax: options.connectionsMax ?? rushDefaults.connectionsMax,
  });
  const shared = {
    ...{ clock, transport, recorder, acknowledged, sale, runId },
    ...{ tokenFor: options.tokenFor, thinkMs, signal: stopping.signal },
  };
  const sessions: Promise<SessionResult>[] = [];
  const ended: SessionResult[] = [];
  const firstUserId = Math.floor(clock.nowMs() / 1000) * USERS_PER_SECOND + 1;

  return {
    queueId: sale.queueId,
    performanceId: sale.performanceId,
    arrive({ buyers, durationMs }) {
      const plans = planClients({
        ...rushDefaults,
        ...{ buyers, durationMs, patienceMs: PATIENCE_MS, abandonShare: options.abandonShare },
        arrival: durationMs === 0 ? "burst" : "step",
        streams: randomStreams(sessions.length + 1),
        firstUserId: firstUserId + sessions.length,
      });
      const opened = { opensAtMonotonicMs: clock.monotonicMs(), opensAtMs: clock.nowMs() };
      const environment: ClientEnvironment = { ...shared, ...opened };
      for (const plan of plans) sessions.push(keepEnd(runSession(plan, environment), ended));
    },
    counts: () => ({
      arrived: recorder.events.arrival.length,
      bought: ended.filter(({ outcome }) => outcome === "bought").length,
      failed: ended.filter(({ outcome }) => outcome === "failed").length,
    }),
    acknowledged: () => acknowledged.all(),
    async stop() {
      stopping.abort();
      await Promise.all(sessions);
      await transport.close();
    },
  };
}

async function keepEnd(
  session: Promise<SessionResult>,
  ended: SessionResult[],
): Promise<SessionResult> {
  const result = await session;
  ended.push(result);
  return result;
}
