import { startServer } from "@onsale/api";
import type { RushResult } from "@onsale/simulator";
import { embeddedConfig } from "../embeddedConfig.ts";
import { runAndReport } from "./runAndReport.ts";
import { RUSH_SETTINGS, type RushCommandOptions } from "./rushCommandOptions.ts";

/** Printed beside the figures, because one thread runs API, worker and buyers. */
const FLAVOUR = "embedded, in memory; API, worker and buyers in one process";

/** Runs the rush over HTTP against an API in this process, without any server. */
export async function rushEmbedded(options: RushCommandOptions): Promise<RushResult> {
  const { say } = options;
  const config = embeddedConfig({ port: 0, authMode: "jwt", settings: RUSH_SETTINGS });
  const server = await startServer(config);
  try {
    say("API, worker and buyers share this process: the verdict is valid, the times are not.");
    return await runAndReport(options, {
      ground: { core: server.core },
      auth: config.auth,
      servers: [{ name: "stack", flavour: FLAVOUR }],
      baseUrls: [server.url],
      flags: ["--embedded"],
    });
  } finally {
    await server.close();
  }
}
