import { type RunningServer, startServer } from "@onsale/api";
import type { OnsaleConfig } from "@onsale/core";
import { abortOf } from "../abortOf.ts";
import { embeddedConfig } from "../embeddedConfig.ts";
import { portTakenError } from "./portTakenError.ts";
import { prepareTour } from "./prepareTour.ts";
import type { ServeOptions } from "./serveOptions.ts";

/**
 * Runs API and worker in this process, without any server, until the signal aborts.
 * @throws CliError when the port is taken
 */
export async function serveEmbedded(options: ServeOptions): Promise<{ baseUrl: string }> {
  const { say, signal } = options;
  const config = embeddedConfig(options);
  const server = await listenOn(config, options.port);
  try {
    const { url: baseUrl, core } = server;
    const tour = await prepareTour(core, { auth: config.auth, baseUrl, say });
    // `performance.now()` is the time since the start of the process.
    say(`Ready ${(performance.now() / 1000).toFixed(2)} s after the process started.`);
    say(
      "All data is in this process's memory and is NOT DURABLE: it is gone when this command ends.",
    );
    await options.onReady({ baseUrl, tour });
    await abortOf(signal);
    return { baseUrl };
  } finally {
    await server.close();
    say("API and worker have stopped; their data is gone.");
  }
}

async function listenOn(config: OnsaleConfig, port: number): Promise<RunningServer> {
  try {
    return await startServer(config);
  } catch (error) {
    const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    throw isTaken ? portTakenError(port) : error;
  }
}
