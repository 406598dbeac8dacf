import { startServer } from "@onsale/api";
import { abortOf } from "../abortOf.ts";
import { embeddedConfig } from "../embeddedConfig.ts";
import { listenError } from "./listenError.ts";
import { prepareTour } from "./prepareTour.ts";
import { baseUrlOf, reachWarning, type Served, type ServeOptions } from "./serveOptions.ts";

/**
 * Runs API and worker in this process, without any server, until the signal aborts.
 * @throws CliError when the process cannot listen at the address
 */
export async function serveEmbedded(options: ServeOptions): Promise<Served> {
  const { say, signal, host } = options;
  const config = embeddedConfig(options);
  const server = await startServer(config).catch((error: unknown) => {
    throw listenError(error, options);
  });
  try {
    const { core } = server;
    const baseUrl = baseUrlOf({ host, port: Number(new URL(server.url).port) });
    const tour = await prepareTour(core, { auth: config.auth, baseUrl, say });
    // `performance.now()` is the time since the start of the process.
    say(`Ready ${(performance.now() / 1000).toFixed(2)} s after the process started.`);
    say(
      "All data is in this process's memory and is NOT DURABLE: it is gone when this command ends.",
    );
    const warning = reachWarning(options);
    if (warning !== undefined) say(warning);
    await options.onReady({ baseUrl, tour });
    await abortOf(signal);
    return { baseUrl, isClean: true };
  } finally {
    await server.close();
    say("API and worker have stopped; their data is gone.");
  }
}
