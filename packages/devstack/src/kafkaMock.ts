import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DevstackError } from "./devstackError.ts";
import { findProgram } from "./findProgram.ts";
import { SETUP, SETUP_KAFKA } from "./folders.ts";
import type { LaunchContext, PreparedServer } from "./serverKind.ts";

export const MOCK_FLAVOUR = "in-memory mock broker (librdkafka)";
const ADDRESS_MAX_MS = 10_000;
const POLL_MS = 25;

/**
 * Prepares kcat, which runs the mock cluster of librdkafka. The mock cluster speaks Kafka's
 * protocol and keeps messages in memory. The mock cluster is for machines without Java, and chooses
 * its own port at each start.
 * @throws DevstackError when kcat is missing too
 */
export function prepareMockBroker(context: LaunchContext, lacking: string): PreparedServer {
  const kcat = findProgram(["kcat", "kafkacat"], context.env);
  if (kcat === undefined) {
    throw new DevstackError(
      `Kafka cannot start: ${lacking} and kcat are missing; ${SETUP}, set KAFKA_HOME, ` +
        "start Docker or set KAFKA_BROKERS",
    );
  }
  context.onProgress(
    `WARNING: without ${lacking}, Kafka is an IN-MEMORY MOCK BROKER: it loses all messages at a ` +
      `restart and rejects idempotent producers. To have Apache Kafka, ${SETUP_KAFKA}.`,
  );
  mkdirSync(context.serverDir, { recursive: true });
  const logFile = join(context.serverDir, "mock.log");
  rmSync(logFile, { force: true });
  const mock = ["-X", "test.mock.num.brokers=1", "-d", "mock"];
  return {
    flavour: MOCK_FLAVOUR,
    urlAfterStart: () => addressIn(logFile),
    launch: {
      command: kcat,
      args: ["-q", "-C", "-b", "x", "-t", "events", ...mock],
      cwd: context.serverDir,
      logFile,
    },
  };
}

/** Reads the mock cluster's address from kcat's debug log. */
async function addressIn(logFile: string): Promise<string> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < ADDRESS_MAX_MS) {
    const address = parseMockAddress(readFileSync(logFile, "utf8"));
    if (address !== undefined) return address;
    await sleep(POLL_MS);
  }
  throw new DevstackError(`The mock broker printed no address; see ${logFile}`);
}

/** Returns the first `host:port` after "bootstrap.servers" in the log. */
export function parseMockAddress(log: string): string | undefined {
  return /bootstrap\.servers[^\n]*?((?:127\.0\.0\.1|localhost):\d+)/.exec(log)?.[1];
}
