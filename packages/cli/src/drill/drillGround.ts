import {
  type CoreContext,
  migrateDatabase,
  migrationsOf,
  type OpenedCore,
  readServersConfig,
  type SchemaStatus,
  type ServersConfig,
} from "@onsale/core";
import type { Stack } from "@onsale/devstack";
import { openCoreFor } from "../openQuietCore.ts";
import { type OwnData, runOwnData } from "../sim/runOwnData.ts";
import { RUSH_SETTINGS } from "../sim/rushCommandOptions.ts";
import { variablesOf, withSecrets } from "../stackEnvironment.ts";
import { type DrillProcesses, startDrillProcesses } from "./drillProcesses.ts";
import { type DrillReceiver, startDrillReceiver } from "./drillReceiver.ts";
import { createOrdinaryUser } from "./ordinaryUser.ts";

/** Settings of the processes of a drill, which make the waits short. A drill can override them. */
const DRILL_SETTINGS = {
  ...RUSH_SETTINGS,
  LOG_LEVEL: "info",
  POLL_AFTER_MAX_MS: "1000",
  OUTBOX_LEASE_MS: "2000",
  OUTBOX_POLL_MS: "200",
  SHUTDOWN_MS: "5000",
} as const;

const API_PROCESSES = 1;

/** The data and the processes that one drill, or several drills one after the other, use. */
export interface DrillGround {
  readonly core: CoreContext;
  readonly config: ServersConfig;
  readonly schema: SchemaStatus;
  readonly stack: Pick<Stack, "fault">;
  readonly processes: DrillProcesses;
  /** Receives the notifications. */
  readonly receiver: DrillReceiver;
  readonly own: OwnData;
  /** The URL of the drill's database, with the rights of the devstack. */
  readonly foreignUrl: string;
  /** Stops the processes and closes the connections. The data stays. */
  close(): Promise<void>;
}

export interface DrillGroundOptions {
  readonly stack: Pick<Stack, "fault" | "urls">;
  /** First settings of the processes. Default: `DRILL_SETTINGS`. */
  readonly defaults?: Readonly<Record<string, string>>;
  /** Settings of the processes besides the defaults. */
  readonly settings: Readonly<Record<string, string>>;
  /** Whether the processes have a MySQL user without administrative rights. */
  readonly hasOrdinaryUser: boolean;
  /** The name of the folder of the logs. */
  readonly name: string;
  readonly signal: AbortSignal;
}

/** Creates the data and starts the processes. */
export async function openDrillGround(options: DrillGroundOptions): Promise<DrillGround> {
  const { stack, defaults = DRILL_SETTINGS, settings, name, signal } = options;
  const dropping: OwnData[] = [];
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closing.splice(0).reverse()) await one();
  };
  try {
    const receiver = await startDrillReceiver();
    closing.push(() => receiver.close());
    const env = await withSecrets({ ...process.env, ...defaults, ...settings });
    const own = runOwnData({
      ...{ ...env, ...variablesOf(stack.urls) },
      ...{ AUTH_MODE: "jwt", WEBHOOK_URL: receiver.url },
    });
    const owner = readServersConfig(own.env);
    dropping.push(own);
    await migrateDatabase(owner);
    const foreignUrl = owner.mysql.url;
    const user = options.hasOrdinaryUser ? await createOrdinaryUser(foreignUrl) : undefined;
    if (user) closing.push(() => user.drop());
    const productEnv = { ...own.env, MYSQL_URL: user?.url ?? foreignUrl };
    const config = readServersConfig(productEnv);
    const opened: OpenedCore = await openCoreFor({ ...config, logLevel: "error" });
    closing.push(() => opened.close());
    const processes = await startDrillProcesses({
      ...{ env: productEnv, name, apiProcesses: API_PROCESSES, signal },
    });
    closing.push(() => processes.stop());
    const schema = await migrationsOf(config);
    return {
      ...{ core: opened.core, config, schema, stack, processes, receiver, own, close },
      foreignUrl,
    };
  } catch (error) {
    await close();
    for (const own of dropping) await own.drop();
    throw error;
  }
}
