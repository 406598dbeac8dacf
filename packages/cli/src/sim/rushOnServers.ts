import { join } from "node:path";
import { migrateDatabase, readServersConfig } from "@onsale/core";
import { type Stack, stackUp } from "@onsale/devstack";
import { type RushResult, startProcesses } from "@onsale/simulator";
import { CliError, EXIT } from "../cliError.ts";
import { DEVSTACK_FOLDER, PRODUCT_ENTRY } from "../productEntry.ts";
import {
  requireAllOrNone,
  serverEnvironment,
  variablesOf,
  withSecrets,
} from "../stackEnvironment.ts";
import { type RushStage, runAndReport } from "./runAndReport.ts";
import { type OwnData, runOwnData } from "./runOwnData.ts";
import { RUSH_SETTINGS, type RushCommandOptions } from "./rushCommandOptions.ts";

export interface RushOnServersOptions extends RushCommandOptions {
  readonly "api-processes": number;
  readonly "queue-processes": number;
  readonly "kill-api-at"?: number | undefined;
  readonly url?: readonly string[] | undefined;
  /** Host of the URLs, repeated by the operator when it is another machine. */
  readonly confirm?: string | undefined;
  /** Keeps the run's database. Otherwise only a run with a violation keeps it. */
  readonly keep: boolean;
  readonly "stack-down": boolean;
}

const LOG_FOLDER = join(DEVSTACK_FOLDER, "logs", "rush");

interface Servers {
  readonly env: NodeJS.ProcessEnv;
  /**
   * The run's own data. Undefined on servers that environment variables name: there the run uses
   * the given database.
   */
  readonly own: OwnData | undefined;
  readonly servers: readonly { readonly name: string; readonly flavour: string }[];
  readonly stack: Stack | undefined;
}

/**
 * Starts missing servers, runs the rush, prints its result, and stops the servers that it started.
 */
export async function rushOnServers(options: RushOnServersOptions): Promise<RushResult> {
  const { say, signal } = options;
  requireConfirmedHosts(options);
  const { env, own, servers, stack } = await bringUpServers(options);
  let holds = false;
  try {
    signal.throwIfAborted();
    if (options.url === undefined) await migrateDatabase(readServersConfig(env));
    signal.throwIfAborted();
    const result = await runAndReport(options, stageOf(options, env, servers));
    holds = result.verdict.holds || !result.verdict.given;
    return result;
  } finally {
    if (own !== undefined && holds && !options.keep) await own.drop();
    else if (own !== undefined) say(`The data of this run stays in the database ${own.database}.`);
    if (options["stack-down"]) await stack?.down();
  }
}

/** Names of this machine. */
const LOOPBACK = /^(localhost|127\.[\d.]+|\[::1\])$/;

/** @throws CliError for a URL of another machine that the operator did not confirm */
function requireConfirmedHosts({ url = [], confirm }: RushOnServersOptions): void {
  for (const one of url) {
    const { hostname } = new URL(one);
    if (LOOPBACK.test(hostname) || hostname === confirm) continue;
    throw new CliError(
      "CONFIRMATION_REQUIRED",
      `${hostname} is another machine, and the rush sells seats and charges points there`,
      {
        exitCode: EXIT.precondition,
        next: `To rush it, repeat the command with --confirm ${hostname}`,
      },
    );
  }
}

async function bringUpServers(options: RushOnServersOptions): Promise<Servers> {
  if (options.url !== undefined) {
    const { env: given } = await serverEnvironment();
    const env = await withSecrets(given);
    const urls = options.url.join(", ");
    options.say(
      `Creates a concert and buys its seats at ${urls}; ends its sale afterwards. Payments and ` +
        "messages of the run stay.",
    );
    return { env, own: undefined, servers: [], stack: undefined };
  }
  requireAllOrNone(process.env);
  const stack = await stackUp({ onProgress: options.say });
  const status = await stack.status();
  const servers = status.map(({ name, flavour }) => ({ name, flavour }));
  const secrets = await withSecrets(process.env);
  const settings = { ...RUSH_SETTINGS, ...secrets, AUTH_MODE: "jwt" };
  const env = { ...settings, ...variablesOf(stack.urls, process.env) };
  const isOurs = status.every(({ name, source }) => name !== "mysql" || source !== "environment");
  const own = isOurs ? runOwnData(env) : undefined;
  return { env: own?.env ?? env, own, servers, stack };
}

function stageOf(
  options: RushOnServersOptions,
  env: NodeJS.ProcessEnv,
  servers: Servers["servers"],
): RushStage {
  const { url } = options;
  return {
    ground: { env },
    auth: readServersConfig(env).auth,
    servers,
    killApiAt: options["kill-api-at"],
    flags: stageFlags(options),
    ...(url === undefined
      ? { launch: (stop: AbortSignal) => launch(options, env, stop) }
      : { baseUrls: url }),
  };
}

function launch(options: RushOnServersOptions, env: NodeJS.ProcessEnv, signal: AbortSignal) {
  const apiProcesses = options["api-processes"];
  const queueProcesses = options["queue-processes"];
  const forQueue = queueProcesses > 0 ? `, ${queueProcesses} for waiting buyers` : "";
  options.say(
    `Starting ${apiProcesses} API processes${forQueue} and a worker; logs in ${LOG_FOLDER}`,
  );
  const processes = { apiProcesses, queueProcesses };
  return startProcesses({ entry: PRODUCT_ENTRY, ...processes, env, logFolder: LOG_FOLDER, signal });
}

function stageFlags(options: RushOnServersOptions): string[] {
  const flags = [`--api-processes ${options["api-processes"]}`];
  if (options["queue-processes"] > 0) {
    flags.push(`--queue-processes ${options["queue-processes"]}`);
  }
  const killApiAt = options["kill-api-at"];
  if (killApiAt !== undefined) flags.push(`--kill-api-at ${killApiAt}`);
  for (const url of options.url ?? []) flags.push(`--url ${url}`);
  return flags;
}
