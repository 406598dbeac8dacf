import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { migrateDatabase, readConfig, readServersConfig } from "@onsale/core";
import { type Stack, stackUp } from "@onsale/devstack";
import {
  type ArrivalKind,
  type ProgressTarget,
  progressLine,
  type RushOptions,
  type RushResult,
  runRush,
  rushDefaults,
  rushReport,
  rushSummary,
  startProcesses,
} from "@onsale/simulator";
import { signAccessToken } from "../accessToken.ts";
import { DEVSTACK_FOLDER, PRODUCT_ENTRY } from "../productEntry.ts";
import { serverEnvironment, variablesOf, withSecrets } from "../stackEnvironment.ts";
import { type OwnData, runOwnData } from "./runOwnData.ts";

export interface RushCommandOptions {
  readonly buyers: number;
  readonly seats: number;
  readonly arrival: ArrivalKind;
  readonly duration: number;
  readonly seed: number;
  readonly "api-processes": number;
  readonly active: number;
  readonly think: number;
  readonly abandon: number;
  readonly retry: number;
  readonly "kill-api-at"?: number | undefined;
  readonly url?: readonly string[] | undefined;
  readonly json?: string | undefined;
  readonly report?: string | undefined;
  /** Keeps the run's database, which else goes unless an invariant was broken. */
  readonly keep: boolean;
  readonly "stack-down": boolean;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly print: (line: string) => void;
  /** Where progress is shown; nowhere when left out. */
  readonly progressOn?: ProgressTarget | undefined;
}

const TOKEN_TTL_MS = 60 * 60 * 1000;
const LOG_FOLDER = join(DEVSTACK_FOLDER, "logs", "rush");

/** Settings of the processes that suit a rush of seconds; the environment may say otherwise. */
const RUSH_SETTINGS = {
  // One line for each of tens of thousands of requests would be measured too.
  LOG_LEVEL: "warn",
  // Seats of buyers who walk away come back while others still look.
  HOLD_TTL_MS: "10000",
  HOLD_SWEEP_MS: "500",
  // The rate is measured over a minute, so in the first seconds estimates are far too long.
  POLL_AFTER_MIN_MS: "300",
  POLL_AFTER_MAX_MS: "4000",
  QUEUE_PROMOTE_MS: "100",
} as const;

interface Servers {
  readonly env: NodeJS.ProcessEnv;
  /** Undefined on servers of the environment: there the given database is the one to use. */
  readonly own: OwnData | undefined;
  readonly servers: readonly { readonly name: string; readonly flavour: string }[];
  readonly stack: Stack | undefined;
}

/** Brings up what is missing, runs the rush, prints its result, stops what it started. */
export async function rushCommand(options: RushCommandOptions): Promise<RushResult> {
  const { print, say } = options;
  const { env, own, servers, stack } = await bringUpServers(options);
  let holds = false;
  try {
    const result = await rush(options, env, servers);
    holds = result.verdict.holds || !result.verdict.given;
    for (const line of rushSummary(result)) print(line);
    await writeFiles(options, result);
    return result;
  } finally {
    if (own !== undefined && holds && !options.keep) await own.drop();
    else if (own !== undefined) say(`The data of this run stays in the database ${own.database}.`);
    if (options["stack-down"]) await stack?.down();
  }
}

async function rush(
  options: RushCommandOptions,
  env: NodeJS.ProcessEnv,
  servers: Servers["servers"],
): Promise<RushResult> {
  const { signal, progressOn } = options;
  signal.throwIfAborted();
  await migrateDatabase(readServersConfig(env));
  signal.throwIfAborted();
  const progress = progressOn === undefined ? undefined : progressLine(progressOn);
  return runRush({
    ...rushOptions(options, env),
    servers,
    ...(progress === undefined ? {} : { onProgress: progress.show }),
  }).finally(() => progress?.clear());
}

async function bringUpServers(options: RushCommandOptions): Promise<Servers> {
  if (options.url !== undefined) {
    const { env } = await serverEnvironment();
    return { env, own: undefined, servers: [], stack: undefined };
  }
  const stack = await stackUp({ onProgress: options.say });
  const status = await stack.status();
  const servers = status.map(({ name, flavour }) => ({ name, flavour }));
  const secrets = await withSecrets(process.env);
  const settings = { ...RUSH_SETTINGS, ...secrets, AUTH_MODE: "jwt" };
  const env = { ...settings, ...variablesOf(stack.urls) };
  const isOurs = status.every(({ name, source }) => name !== "mysql" || source !== "environment");
  const own = isOurs ? runOwnData(env) : undefined;
  return { env: own?.env ?? env, own, servers, stack };
}

function rushOptions(options: RushCommandOptions, env: NodeJS.ProcessEnv): RushOptions {
  const { auth } = readConfig(env);
  const { signal } = options;
  const { room } = rushDefaults;
  return {
    ...rushDefaults,
    buyers: options.buyers,
    seats: options.seats,
    seed: options.seed,
    arrival: options.arrival,
    durationSeconds: options.duration,
    thinkMs: options.think,
    abandonShare: options.abandon,
    retryShare: options.retry,
    room: { ...room, activeCountMax: options.active },
    env,
    signal,
    command: reproduction(options),
    killApiAt: options["kill-api-at"],
    tokenFor: (userId) => signAccessToken(auth, { userId, ttlMs: TOKEN_TTL_MS }),
    ...(options.url === undefined
      ? { launch: (stop: AbortSignal) => launch(options, env, stop) }
      : { baseUrls: options.url }),
  };
}

function launch(options: RushCommandOptions, env: NodeJS.ProcessEnv, signal: AbortSignal) {
  const apiProcesses = options["api-processes"];
  options.say(`Starting ${apiProcesses} API processes and a worker; logs in ${LOG_FOLDER}`);
  return startProcesses({ entry: PRODUCT_ENTRY, apiProcesses, env, logFolder: LOG_FOLDER, signal });
}

/** The flags that decide the crowd and the product's shape. */
function reproduction(options: RushCommandOptions): string {
  const words = ["pnpm onsale sim rush"];
  const named = ["seed", "buyers", "seats", "arrival", "duration", "api-processes"] as const;
  const others = ["active", "think", "abandon", "retry", "kill-api-at"] as const;
  for (const name of [...named, ...others]) {
    if (options[name] !== undefined) words.push(`--${name} ${options[name]}`);
  }
  for (const url of options.url ?? []) words.push(`--url ${url}`);
  return words.join(" ");
}

async function writeFiles(options: RushCommandOptions, result: RushResult): Promise<void> {
  if (options.json !== undefined) {
    await write(options.json, `${JSON.stringify(result, null, 2)}\n`);
    options.say(`Result: ${resolve(options.json)}`);
  }
  if (options.report !== undefined) {
    await write(options.report, rushReport(result));
    options.say(`Report: ${resolve(options.report)}`);
  }
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(resolve(path)), { recursive: true });
  await writeFile(path, text);
}
