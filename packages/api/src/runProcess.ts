import { relative } from "node:path";
import { parseArgs } from "node:util";
import {
  ConfigError,
  createLogger,
  type Logger,
  misspelledVariables,
  type OnsaleConfig,
  type Role,
  readConfig,
} from "@onsale/core";
import { presentStack } from "./routes/health/presenter.ts";
import { type RunningServer, startServer } from "./startServer.ts";

/** The file of this program, as the user can type it. */
const PROGRAM_FILE = relative(process.cwd(), process.argv[1] ?? "");
const PROGRAM = `node ${PROGRAM_FILE}`;

const USAGE = `Usage: ${PROGRAM} [api|queue|worker|all]

Starts one process of Onsale. Settings come from the environment; ROLE is the default role.
STACK=embedded needs no server and no other setting: all data is in the memory of this process.
`;

const NO_PROFILE = `Only commands read a profile (ONSALE_PROFILE); a process reads its environment.
To add the settings of a profile: node --env-file=FILE ${PROGRAM_FILE}
`;

/** Added to SHUTDOWN_MS: time to close connections to servers that no longer answer. */
const CLOSE_GRACE_MS = 3_000;

const ROLES: readonly Role[] = ["api", "queue", "worker", "all"];

const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;
const EXIT_FORCED = 130;

/** The role that the command line requests. When undefined, the setting `ROLE` decides. */
type Asked = "help" | Role | undefined;

/**
 * Runs one process, configured by the environment and the command line, until SIGTERM or SIGINT. A
 * SIGINT after that ends the process immediately. The exit code is 2 for invalid arguments or
 * settings, and 1 for any other failure.
 */
export async function runProcess(): Promise<void> {
  const asked = readCommandLine();
  if (asked === "help") {
    process.stdout.write(USAGE);
    return;
  }
  await run(asked).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    if (error instanceof ConfigError && process.env.ONSALE_PROFILE) {
      process.stderr.write(NO_PROFILE);
    }
    process.exit(error instanceof ConfigError ? EXIT_USAGE : EXIT_FAILURE);
  });
}

async function run(asked: Role | undefined): Promise<void> {
  const config = readConfig();
  const role = asked ?? config.role;
  const log = createLogger(config.logLevel, { role });
  for (const { name, setting } of misspelledVariables()) {
    log.warn(
      { event: "config.unknown_variable", variable: name, setting },
      "A variable is not a setting and has no effect; its name is similar to a setting",
    );
  }
  process.on("uncaughtException", (error) => {
    log.error(
      { event: "api.uncaught_exception", stack: error.stack },
      "The process ends because of an exception that nothing caught; report it as a bug",
    );
    process.exit(EXIT_FAILURE);
  });
  const running = await startServer(config, { role, log });
  // Before the ready line, after which a signal must end the process cleanly.
  closeOnSignal(running, config.http, log);
  // Written at every log level, because the program that started this process may wait for this
  // line.
  process.stdout.write(`${JSON.stringify(readyLine(config, role, running))}\n`);
  log.info({ event: "api.listening", port: running.port }, "The process listens for requests");
}

function readyLine({ stack }: OnsaleConfig, role: string, running: RunningServer) {
  const { url, port, adminUrl, metricsUrl } = running;
  const urls = { url, port, adminUrl, metricsUrl };
  return { event: "ready", role, ...presentStack(stack), ...urls, pid: process.pid };
}

/**
 * SIGTERM: the process drains for DRAIN_DELAY_MS, so that a balancer sees the readiness probe fail
 * before a connection is refused, and then closes. A supervisor may send it twice, to the process
 * and to its group, or a parent passes on a signal that both got; so a repetition changes nothing.
 * SIGINT comes from a person at the terminal, so the process closes immediately. As a second signal
 * it ends the process.
 */
function closeOnSignal(
  running: RunningServer,
  { drainDelayMs, shutdownMs }: OnsaleConfig["http"],
  log: Logger,
): void {
  let signals = 0;
  async function close(signal: NodeJS.Signals): Promise<void> {
    const delayMs = signal === "SIGTERM" ? drainDelayMs : 0;
    const closeMs = delayMs + shutdownMs + CLOSE_GRACE_MS;
    setTimeout(() => process.exit(EXIT_FAILURE), closeMs).unref();
    running.drain();
    if (delayMs > 0) {
      log.info(
        { event: "api.draining", signal, delayMs },
        "The process is not ready any more, and serves requests for the delay",
      );
      await running.core.clock.sleep(delayMs);
    }
    log.info({ event: "api.closing", signal }, "The process got a signal and is closing");
    await running.close();
    log.info({ event: "api.closed" }, "The process has closed everything and ends");
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    signals += 1;
    if (signals > 1 && signal === "SIGINT") process.exit(EXIT_FORCED);
    if (signals > 1) return;
    close(signal).then(
      () => process.exit(0),
      () => process.exit(EXIT_FAILURE),
    );
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}

function readCommandLine(): Asked {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { help: { type: "boolean", short: "h" } },
    });
    const [asked, ...others] = positionals;
    if (values.help) return "help";
    if (others.length > 0) throw new Error(`Give one role, not ${positionals.join(" ")}`);
    const role = ROLES.find((one) => one === asked);
    if (asked === undefined || role) return role;
    throw new Error(`Unknown role ${asked}; use api, queue, worker or all`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(EXIT_USAGE);
  }
}
