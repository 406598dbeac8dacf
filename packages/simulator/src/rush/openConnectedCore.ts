import { createLogger, type OpenedCore, openCore, readConfig } from "@onsale/core";
import type { RushOptions } from "./rushOptions.ts";

/**
 * Time limit of the first answers. Local servers answer within a second, even while other processes
 * start.
 */
const CONNECT_MAX_MS = 10_000;
const LOOK_EVERY_MS = 20;

/**
 * Opens a core for the set-up and the checks, without a connection to the broker. A core that the
 * caller passed in is not closed.
 * @throws Error when MySQL or Redis does not answer
 */
export async function openConnectedCore(ground: RushOptions["ground"]): Promise<OpenedCore> {
  if ("core" in ground) return { core: ground.core, close: async () => {} };
  const { env } = ground;
  const config = readConfig({ ...env, LOG_LEVEL: "error" });
  const opened = await openCore(config, { role: "api", log: createLogger(config.logLevel) });
  const { clock } = opened.core;
  const deadlineMs = clock.monotonicMs() + CONNECT_MAX_MS;
  for (;;) {
    const away = opened.core.health().filter(({ dependency, up }) => dependency !== "kafka" && !up);
    if (away.length === 0) return opened;
    if (clock.monotonicMs() > deadlineMs) {
      await opened.close();
      const names = away.map(
        ({ dependency, reason }) => `${dependency} (${reason ?? "no answer"})`,
      );
      throw new Error(`The rush needs its servers, and these do not answer: ${names.join(", ")}`);
    }
    await clock.sleep(LOOK_EVERY_MS);
  }
}
