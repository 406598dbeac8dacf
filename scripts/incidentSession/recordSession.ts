/** Records docs/operate/incidents/SESSION.md from real commands. Run by `pnpm docs:session`. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { devSecrets, type StackUrls, stackDown, stackUp } from "@onsale/devstack";
import { type RecordedCommand, sessionPage } from "./sessionPage.ts";

const ROOT = new URL("../../", import.meta.url);
const PAGE = new URL("docs/operate/incidents/SESSION.md", ROOT);
const ONSALE = new URL("packages/cli/bin/onsale.js", ROOT).pathname;
const PRODUCT = new URL("packages/api/src/main.ts", ROOT).pathname;
const PORTS = { api: 21_980, worker: 21_981 } as const;
const BUYERS = 12;
const REASON = "buyers wait while slots are free";
const START_WORKER = "ROLE=worker node packages/api/src/main.ts";
/** The record of a dead worker is silent after this time, ms; see workerFindings.ts in core. */
const SILENT_MS = 11_000;
const READY_LOOK_MS = 100;

type Role = keyof typeof PORTS;

/** Its own stack without data: earlier records would be part of the recording. */
process.env.DEVSTACK_NAME = "session";
await stackDown({ wipe: true });
const stack = await stackUp({ onProgress: (line) => process.stderr.write(`${line}\n`) });
const env = await environmentOf(stack.urls);
const running = new Map<Role, ChildProcess>();
try {
  await onsale(["db", "migrate"]);
  await Promise.all([start("api"), start("worker")]);
  const commands = await record();
  await writeFile(PAGE, sessionPage(commands, replacements()));
  process.stdout.write(`${PAGE.pathname}\n`);
} finally {
  for (const role of running.keys()) await end(role, "SIGTERM");
  await stackDown({ wipe: true });
}

async function record(): Promise<readonly RecordedCommand[]> {
  const healthy = await step("Before the incident, doctor finds nothing.", [
    ...["doctor", "--no-invariants"],
  ]);
  await end("worker", "SIGKILL");
  for (let userId = 1; userId <= BUYERS; userId += 1) await join(userId);
  await sleep(SILENT_MS);
  const alarm = await step(
    "The alarm: a check that runs doctor each minute gets exit code 1. Findings name a runbook.",
    ["doctor", "--no-invariants"],
  );
  const shown = await step("The operator reads the runbook that the finding names.", [
    "runbook",
    "show",
    "queue-stuck",
  ]);
  const queue = await step("What do buyers see?", ["queue", "status"]);
  const plan = await step("The plan reads the figures of this moment and changes nothing.", [
    "runbook",
    "run",
    "queue-stuck",
  ]);
  const executed = await execute();
  const worker: RecordedCommand = {
    why:
      "The step `restart-worker` is for a person. While the command above waited, the operator " +
      "started a worker in a second terminal:",
    ...{ typed: `${START_WORKER} > worker.log &`, output: "", exitCode: 0 },
  };
  const after = await step("The repair is verified: doctor finds nothing any more.", ["doctor"]);
  const audit = await step("The run is on record.", ["audit", "list"]);
  return [healthy, alarm, shown, queue, plan, executed, worker, after, audit];
}

async function execute(): Promise<RecordedCommand> {
  const args = ["runbook", "run", "queue-stuck", "--execute", "--reason", REASON];
  let isAsked = false;
  const { output, exitCode } = await onsale(args, (text) => {
    if (isAsked || !text.includes("Restart the worker process")) return;
    isAsked = true;
    void start("worker");
  });
  return {
    why: "The operator executes the runbook. Each step is verified before the next one begins.",
    typed: `pnpm onsale runbook run queue-stuck --execute --reason '${REASON}'`,
    ...{ output, exitCode },
  };
}

async function step(why: string, args: readonly string[]): Promise<RecordedCommand> {
  const { output, exitCode } = await onsale(args);
  return { why, typed: `pnpm onsale ${args.join(" ")}`, output, exitCode };
}

/** Runs a command. Both output streams are recorded in the order in which a terminal shows them. */
async function onsale(
  args: readonly string[],
  onText: (text: string) => void = () => undefined,
): Promise<{ readonly output: string; readonly exitCode: number }> {
  const child = spawn(process.execPath, [ONSALE, ...args], {
    env: { ...process.env, NO_COLOR: "1", COLUMNS: "100" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      onText(output);
    });
  }
  await once(child, "close");
  return { output, exitCode: child.exitCode ?? 1 };
}

async function environmentOf(urls: StackUrls): Promise<NodeJS.ProcessEnv> {
  return {
    ...{ ...process.env, ...(await devSecrets()), AUTH_MODE: "trusted", LOG_LEVEL: "warn" },
    ...{ MYSQL_URL: urls.mysqlUrl, REDIS_URL: urls.redisUrl },
    ...{
      KAFKA_BROKERS: urls.kafkaBrokers.join(","),
      KAFKA_IDEMPOTENT: String(urls.kafkaIdempotent),
    },
  };
}

/** Starts a process of the product; resolves when it is ready. */
async function start(role: Role): Promise<void> {
  const port = PORTS[role];
  const child = spawn(process.execPath, [PRODUCT, role], {
    env: { ...env, PORT: String(port) },
    stdio: "ignore",
  });
  running.set(role, child);
  const isReady = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error(`The process ${role} did not start`);
    await sleep(READY_LOOK_MS);
  }
}

async function end(role: Role, signal: NodeJS.Signals): Promise<void> {
  const child = running.get(role);
  running.delete(role);
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}

async function join(userId: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${PORTS.api}/api/v1/queue/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-user-id": String(userId) },
    body: JSON.stringify({ userId }),
  });
  if (!answer.ok) throw new Error(`Buyer ${userId} did not join: ${await answer.text()}`);
}

function replacements(): ReadonlyMap<string, string> {
  const { username } = userInfo();
  return new Map([
    [ROOT.pathname, "./"],
    [ROOT.pathname.replace(/\/$/, ""), "."],
    [hostname(), "sale-1"],
    // The column of the operator keeps its width.
    [username.padEnd("operator".length), "operator"],
  ]);
}
