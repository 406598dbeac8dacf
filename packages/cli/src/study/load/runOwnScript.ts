import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { checkInvariants } from "@onsale/core";
import { isPortFree } from "@onsale/simulator/live";
import { CliError, EXIT } from "../../cliError.ts";
import { reachableServers } from "../../reachableServers.ts";
import { measuredServers } from "../../stackEnvironment.ts";
import { findK6, halfOfFreeMemoryMb, runForeignScript } from "./k6Process.ts";
import { withLocalScript } from "./localScript.ts";
import { withLoadGround } from "./withLoadGround.ts";

export interface OwnScriptInput {
  /** The path of a k6 script. */
  readonly script: string;
  /** Whether the queue has the limits of a new queue. */
  readonly hasQueueLimits: boolean;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface OwnScriptResult {
  /** The end of k6's output. */
  readonly output: string;
  /** Whether every threshold of the script was kept. */
  readonly isKept: boolean;
  readonly brokenInvariants: readonly string[];
  readonly isGood: boolean;
}

/** The address that scripts of the specification use. */
const PORT = 8080;
const SEATS = 100;

/**
 * Runs a k6 script that was written for the specification: one API process at port 8080 that trusts
 * the user ids of requests, one concert with one performance of 100 seats, both with id 1.
 */
export async function runOwnScript(input: OwnScriptInput): Promise<OwnScriptResult> {
  const { script, hasQueueLimits, say, signal } = input;
  await requireScript(script);
  const k6 = await findK6();
  await requireFreePort(PORT);
  const servers = await measuredServers();
  await reachableServers(servers, ["mysql", "redis", "kafka"]);
  const hall = { apiProcesses: 1, port: PORT, concerts: 1, seats: SEATS, hasQueueLimits };
  return withLoadGround({ servers, ...hall, env: {}, signal }, async ({ core }) => {
    say(`One API process at http://127.0.0.1:${PORT}, one concert of ${SEATS} seats`);
    const { output, exitCode } = await withLocalScript(script, (file) =>
      runForeignScript({ k6, script: file, env: {}, memoryMb: halfOfFreeMemoryMb(), signal }),
    );
    const { results } = await checkInvariants(core, { drained: false });
    const brokenInvariants = results.filter(({ holds }) => !holds).map(({ id }) => id);
    const isKept = exitCode === 0;
    return { output, isKept, brokenInvariants, isGood: isKept && brokenInvariants.length === 0 };
  });
}

/** @throws CliError when the file cannot be read, before anything is started */
export async function requireScript(script: string): Promise<void> {
  await readFile(script).catch((cause: unknown) => {
    throw new CliError("SCRIPT_UNREADABLE", `The script ${resolve(script)} cannot be read`, {
      exitCode: EXIT.precondition,
      cause,
      next: "Name a file with a k6 script.",
    });
  });
}

/**
 * Refuses a port at which another program listens: it would answer that it is ready, and the script
 * would load it instead of the process of this run.
 * @throws CliError with exit code 3
 */
export async function requireFreePort(port: number): Promise<void> {
  if (await isPortFree(port)) return;
  throw new CliError("PORT_TAKEN", `Another program listens at port ${port}`, {
    exitCode: EXIT.precondition,
    cause: "The script would load that program.",
    next: `Stop it: \`ss -ltnp 'sport = :${port}'\` shows it.`,
  });
}
