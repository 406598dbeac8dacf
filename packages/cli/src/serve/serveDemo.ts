import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { OnsaleConfig } from "@onsale/core";
import { type ServerStatus, type Stack, stackStatus, stackUp } from "@onsale/devstack";
import { type Child, freePorts, startChild } from "@onsale/simulator/live";
import { abortOf } from "../abortOf.ts";
import { CliError } from "../cliError.ts";
import { openCoreFor } from "../openQuietCore.ts";
import { DEVSTACK_FOLDER, PRODUCT_ENTRY } from "../productEntry.ts";
import { requireAllOrNone, variablesOf, withSecrets } from "../stackEnvironment.ts";
import { prepareTour } from "./prepareTour.ts";
import { requireFreePort } from "./requireFreePort.ts";
import {
  baseUrlOf,
  LOOPBACK_HOST,
  reachWarning,
  type ServeAddress,
  type Served,
  type ServeOptions,
} from "./serveOptions.ts";

const LOG_FOLDER = join(DEVSTACK_FOLDER, "logs");
/** Longer than a process needs after its own time limits to close its connections, ms. */
const CLOSE_MS_MAX = 5_000;

/** A signal to a group reaches its processes one after the other, and a busy one reads it late. */
const SAME_SIGNAL_MS = 2_000;

/**
 * Runs the product with demo data until the signal aborts. Then stops the processes and servers
 * that it started: first the API, then the worker, then the servers.
 * @throws CliError when the API cannot listen at the address, or a process ends by itself
 */
export async function serveDemo(options: ServeOptions): Promise<Served> {
  const { say, signal } = options;
  requireAllOrNone(process.env);
  const address = await chooseAddress(options);
  const before = await stackStatus();
  const stack = await stackUp({ onProgress: say });
  const baseUrl = baseUrlOf(address);
  const children: Child[] = [];
  let isClean = true;
  try {
    const env = await environmentOf(stack, options);
    const { migrateDatabase, readServersConfig } = await import("@onsale/core");
    const config = readServersConfig(env);
    for (const name of await migrateDatabase(config)) say(`Migrated: ${name}`);
    const tour = await tourOn(config, baseUrl, say);
    const worker = { host: LOOPBACK_HOST, port: await nextPort(address.port) };
    const { drainDelayMs, shutdownMs } = config.http;
    const stopMaxMs = drainDelayMs + shutdownMs + CLOSE_MS_MAX;
    children.push(...(await startBoth({ env, stopMaxMs }, { api: address, worker }, signal)));
    const warning = reachWarning(address);
    if (warning !== undefined) say(warning);
    await options.onReady({ baseUrl, tour });
    await untilStopped(children, signal);
  } finally {
    // Stops the API first. While it finishes its requests, the worker can still publish their
    // messages.
    for (const child of children) isClean = (await child.stop()) && isClean;
    if (!isClean) say(`A process did not stop in order; its log is in ${LOG_FOLDER}.`);
    if (children.length > 0) say("API and worker have stopped.");
    if (wasDown(before)) {
      await stack.down();
      say("The servers that were started here have stopped; their data stays in .devstack/.");
    }
  }
  return { baseUrl, isClean };
}

async function chooseAddress({ host, port: wanted }: ServeAddress): Promise<ServeAddress> {
  const port = wanted === 0 ? await nextPort(process.pid) : wanted;
  await requireFreePort({ host, port });
  return { host, port };
}

async function nextPort(start: number): Promise<number> {
  const [port] = await freePorts(1, start);
  if (port === undefined) throw new CliError("NO_PORT", "There is no free port");
  return port;
}

/**
 * Returns true when no server ran before this command, so that stopping the servers disturbs no
 * other user.
 */
function wasDown(before: readonly ServerStatus[]): boolean {
  const ours = before.filter((server) => server.source !== "environment");
  return ours.length > 0 && ours.every((server) => !server.ready);
}

/** The settings of both processes, without their addresses. */
async function environmentOf(
  stack: Stack,
  options: Pick<ServeOptions, "authMode">,
): Promise<NodeJS.ProcessEnv> {
  const secrets = await withSecrets(process.env);
  return {
    ...secrets,
    ...variablesOf(stack.urls, process.env),
    AUTH_MODE: options.authMode,
    DEV_ISSUER: "true",
  };
}

async function tourOn(
  config: OnsaleConfig,
  baseUrl: string,
  say: (line: string) => void,
): Promise<string> {
  const opened = await openCoreFor({ ...config, logLevel: "error" });
  try {
    return await prepareTour(opened.core, { auth: config.auth, baseUrl, say });
  } finally {
    await opened.close();
  }
}

async function startBoth(
  { env, stopMaxMs }: { readonly env: NodeJS.ProcessEnv; readonly stopMaxMs: number },
  addresses: { api: ServeAddress; worker: ServeAddress },
  signal: AbortSignal,
): Promise<Child[]> {
  await mkdir(LOG_FOLDER, { recursive: true });
  const roles = ["api", "worker"] as const;
  const settled = await Promise.allSettled(
    roles.map((role) => {
      const { host, port } = addresses[role];
      return startChild(
        {
          name: `The ${role} process`,
          entry: PRODUCT_ENTRY,
          env: { ...env, HOST: host, PORT: String(port), ROLE: role },
          logFile: join(LOG_FOLDER, `${role}.log`),
          readyUrl: `${baseUrlOf({ host, port })}/health/ready`,
          stopMaxMs,
        },
        signal,
      );
    }),
  );
  const started = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = settled.find((one) => one.status === "rejected");
  if (failed === undefined) return started;
  await Promise.all(started.map((child) => child.stop()));
  throw failed.reason;
}

/** Waits for the signal. A child process that ends earlier, not by the same signal, is an error. */
async function untilStopped(children: readonly Child[], signal: AbortSignal): Promise<void> {
  const stopped = abortOf(signal);
  await Promise.race([stopped, ...children.map(({ gone }) => gone)]);
  if (!signal.aborted) await Promise.race([stopped, sleep(SAME_SIGNAL_MS)]);
  if (!signal.aborted) {
    throw new CliError("PROCESS_ENDED", "The API or worker process ended by itself", {
      next: `Its log is in ${LOG_FOLDER}.`,
    });
  }
}
