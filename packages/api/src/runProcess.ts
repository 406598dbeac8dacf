import { parseArgs } from "node:util";
import { ConfigError, createLogger, type OnsaleConfig, readConfig } from "@onsale/core";
import { presentStack } from "./routes/health/presenter.ts";
import { type RunningServer, startServer } from "./startServer.ts";

const USAGE = `Usage: node packages/api/src/main.ts [api|worker|all]

Starts one process of Onsale. The role may also come from ROLE; settings come from the environment.
STACK=embedded needs no server and no setting: everything is in memory, in this one process.
`;

/** Grace after the listener's own, for connections to servers that do not answer any more. */
const CLOSE_GRACE_MS = 3_000;

const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;
const EXIT_FORCED = 130;

/**
 * Runs one process by the environment and the command line until a signal asks it to end; a second
 * signal ends it at once. Exits 2 for settings that cannot be used, and 1 for any other failure.
 */
export async function runProcess(): Promise<void> {
  await run().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(error instanceof ConfigError ? EXIT_USAGE : EXIT_FAILURE);
  });
}

async function run(): Promise<void> {
  const config = readConfig();
  const role = roleFrom(config);
  const log = createLogger(config.logLevel, { role });
  process.on("uncaughtException", (error) => {
    log.error({ stack: error.stack }, "a mistake that nothing caught; the process ends");
    process.exit(EXIT_FAILURE);
  });
  const running = await startServer(config, { role, log });
  // Always written, whatever the log level: whoever started the process waits for it.
  process.stdout.write(`${JSON.stringify(readyLine(config, role, running))}\n`);
  log.info({ port: running.port }, "ready");
  closeOnSignal(running, config.http.shutdownMs, (signal) => log.info({ signal }, "closing"));
}

function readyLine({ stack }: OnsaleConfig, role: string, { url, port }: RunningServer) {
  return { event: "ready", role, ...presentStack(stack), url, port, pid: process.pid };
}

function closeOnSignal(
  running: RunningServer,
  shutdownMs: number,
  announce: (signal: string) => void,
): void {
  let signals = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    signals += 1;
    if (signals > 1) process.exit(EXIT_FORCED);
    announce(signal);
    setTimeout(() => process.exit(EXIT_FAILURE), shutdownMs + CLOSE_GRACE_MS).unref();
    running.close().then(
      () => process.exit(0),
      () => process.exit(EXIT_FAILURE),
    );
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}

function roleFrom(config: OnsaleConfig): OnsaleConfig["role"] {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [asked = config.role, ...others] = positionals;
  if (others.length === 0 && (asked === "api" || asked === "worker" || asked === "all")) {
    return asked;
  }
  process.stderr.write(USAGE);
  process.exit(EXIT_USAGE);
}
