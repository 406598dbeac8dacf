import type { CoreContext } from "@onsale/core";
import type { ArrivalKind } from "../arrivals/arrivalTimes.ts";
import type { LiveProcesses } from "../live/liveProcesses.ts";
import type { RushProgress } from "./rushProgress.ts";

/** Behaviour of the simulated clients. These options and the seed determine every plan. */
export interface ClientSettings {
  /** A 32-bit integer. */
  readonly seed: number;
  readonly buyers: number;
  readonly seats: number;
  readonly arrival: ArrivalKind;
  /** Length of the arrivals. */
  readonly durationSeconds: number;
  /** Share of each party size, from 1 seat to the API's limit. The shares need not add up to 1. */
  readonly partySizes: ReadonlyMap<number, number>;
  /** Mean pause between two steps of a buyer, ms. */
  readonly thinkMs: number;
  /** Share of buyers who hold seats and then lose interest. */
  readonly abandonShare: number;
  /** Share of buyers who repeat their requests under the same Idempotency-Key. */
  readonly retryShare: number;
  /**
   * Share of buyers who charge points before they pay. The others charge after a refused payment.
   */
  readonly chargeShare: number;
  /**
   * Exponent of Zipf's law for the popularity of seats. 0 means that all seats are equally popular.
   */
  readonly zipfExponent: number;
}

/** The settings of the run's waiting room. */
export interface RoomSettings {
  readonly activeCountMax: number;
  readonly admissionRatePerMinute: number;
  readonly activeTtlMs: number;
  /** Default: the duration of an admission. */
  readonly activationMs?: number;
}

export interface RushOptions extends ClientSettings {
  readonly room: RoomSettings;
  /**
   * Access to the API's own servers for the set-up and the checks. Either the environment
   * (MYSQL_URL, REDIS_URL, QUEUE_TOKEN_KEYS and the other settings), or an open core, which the
   * rush does not close. An API with memory adapters in this process needs the open core, because
   * only that core can reach the data.
   */
  readonly ground: { readonly env: NodeJS.ProcessEnv } | { readonly core: CoreContext };
  /**
   * URLs of API processes that are already running; left out when `launch` starts the processes.
   */
  readonly baseUrls?: readonly string[] | undefined;
  /** Starts the processes of the rush. The rush stops them at its end. */
  readonly launch?: ((signal: AbortSignal) => Promise<LiveProcesses>) | undefined;
  /**
   * When this share of the seats is sold, kills one API process without warning and starts it
   * again.
   */
  readonly killApiAt?: number | undefined;
  /** Makes a user access token in the form that the API's AUTH_MODE requires. */
  readonly tokenFor: (userId: number) => string | Promise<string>;
  /** Maximum number of open connections to each API process. */
  readonly connectionsMax: number;
  /** Names and versions of the servers, for the report. */
  readonly servers?: readonly { readonly name: string; readonly flavour: string }[] | undefined;
  /** The command that repeats the same rush. */
  readonly command?: string | undefined;
  readonly onProgress?: ((progress: RushProgress) => void) | undefined;
  /** Ends the rush early: all sessions and processes stop, and the invariants are not checked. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * True when the rush tests an installation that was there before and remains. The database of the
 * installation also has other data.
 */
export function isInstallation({ launch, ground }: RushOptions): boolean {
  return launch === undefined && "env" in ground;
}

/** Shares of typical party sizes. Most parties have two seats. */
const PARTY_SIZES: ReadonlyMap<number, number> = new Map([
  [1, 0.35],
  [2, 0.45],
  [3, 0.1],
  [4, 0.1],
]);

/**
 * Settings of a rush that ends in under a minute on two CPU cores, with the servers on the same
 * machine.
 */
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
