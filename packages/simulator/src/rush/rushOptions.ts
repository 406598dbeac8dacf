import type { CoreContext } from "@onsale/core";
import type { ArrivalKind } from "../arrivals/arrivalTimes.ts";
import type { LiveProcesses } from "../live/liveProcesses.ts";
import type { RushProgress } from "./rushProgress.ts";

/** How the simulated clients behave; with the seed this decides every plan. */
export interface ClientSettings {
  /** A 32-bit integer. */
  readonly seed: number;
  readonly buyers: number;
  readonly seats: number;
  readonly arrival: ArrivalKind;
  /** Over which buyers arrive. */
  readonly durationSeconds: number;
  /** Share of each party size, 1 to the API's limit; they need not add up to 1. */
  readonly partySizes: ReadonlyMap<number, number>;
  /** Mean pause between two steps of a buyer, ms. */
  readonly thinkMs: number;
  /** Share of buyers who hold seats and then lose interest. */
  readonly abandonShare: number;
  /** Share of buyers who repeat their requests under the same Idempotency-Key. */
  readonly retryShare: number;
  /** Share of buyers who top up before they pay; others do when the payment is refused. */
  readonly chargeShare: number;
  /** Exponent of Zipf's law for the popularity of seats: 0 is uniform. */
  readonly zipfExponent: number;
}

/** The waiting room of the run. */
export interface RoomSettings {
  readonly activeCountMax: number;
  readonly admissionRatePerMinute: number;
  readonly activeTtlMs: number;
  /** As long as the admission itself when left out. */
  readonly activationMs?: number;
}

export interface RushOptions extends ClientSettings {
  readonly room: RoomSettings;
  /**
   * What sets up and judges stands on the API's own servers: either MYSQL_URL, REDIS_URL,
   * QUEUE_TOKEN_KEYS and the like, or a core that is open and stays so, as that of an API within
   * this process, whose memory no other core reaches.
   */
  readonly ground: { readonly env: NodeJS.ProcessEnv } | { readonly core: CoreContext };
  /** An API that runs already, one URL for each process; left out when `launch` starts them. */
  readonly baseUrls?: readonly string[] | undefined;
  /** Starts the processes of the rush; they are stopped at the end, whatever happens. */
  readonly launch?: ((signal: AbortSignal) => Promise<LiveProcesses>) | undefined;
  /**
   * Kills one API process without warning when this share of the seats is sold, then starts it
   * again.
   */
  readonly killApiAt?: number | undefined;
  /** A user access token, as the API's AUTH_MODE wants it. */
  readonly tokenFor: (userId: number) => string | Promise<string>;
  /** Open connections to each API process. */
  readonly connectionsMax: number;
  /** Names and versions of the servers, for the report. */
  readonly servers?: readonly { readonly name: string; readonly flavour: string }[] | undefined;
  /** The command that repeats the same rush. */
  readonly command?: string | undefined;
  readonly onProgress?: ((progress: RushProgress) => void) | undefined;
  /**
   * Ends the rush early: buyers stop where they are, processes are stopped, no verdict is given.
   */
  readonly signal?: AbortSignal | undefined;
}

/** Parties as they come to a hall: mostly two. */
const PARTY_SIZES: ReadonlyMap<number, number> = new Map([
  [1, 0.35],
  [2, 0.45],
  [3, 0.1],
  [4, 0.1],
]);

/** A rush that two cores sell in well under a minute, servers included. */
export const rushDefaults = {
  seed: 1,
  buyers: 2000,
  seats: 500,
  arrival: "poisson",
  durationSeconds: 5,
  partySizes: PARTY_SIZES,
  thinkMs: 100,
  abandonShare: 0.1,
  retryShare: 0.2,
  chargeShare: 0.5,
  zipfExponent: 0.8,
  connectionsMax: 32,
  room: { activeCountMax: 200, admissionRatePerMinute: 60_000, activeTtlMs: 60_000 },
} as const satisfies Partial<RushOptions>;
