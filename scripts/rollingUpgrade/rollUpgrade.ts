/**
 * Upgrades a running installation from an earlier commit to this checkout, during a rush:
 *
 *   node scripts/rollingUpgrade/rollUpgrade.ts [COMMIT]     default: the commit before HEAD
 *
 * The old version migrates its database and starts two API processes and a worker behind a load
 * balancer. While simulated buyers buy, the new version migrates, its worker starts and the old one
 * ends. Then each API process is replaced, and a new one once more, by SIGTERM alone. The run fails
 * when a request was lost, when the rush finds a broken invariant, or when `onsale doctor` of the
 * new version is not healthy afterwards.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, openSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { chooseFreePorts, stackDown, stackUp } from "@onsale/devstack";
import { type Balancer, startBalancer } from "./balancer.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");
const BUYERS = 300;
const SEATS = 120;
const RUSH_SECONDS = 15;
/** The upgrade begins after this number of requests, in the middle of the rush. */
const REQUESTS_BEFORE = 150;
const DRAIN_DELAY_MS = 1_000;
const LOOK_MS = 100;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Makes a folder with the files of the commit and the packages of this checkout. */
async function checkoutOf(commit: string): Promise<string> {
  const { stdout } = await run("git", ["rev-parse", "--short", commit], { cwd: ROOT });
  const folder = join(ROOT, ".cache/upgrade", stdout.trim());
  if (existsSync(folder)) return folder;
  await run("git", ["worktree", "add", "--detach", folder, commit], { cwd: ROOT });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  for (const name of readdirSync(join(folder, "packages"))) {
    const packages = join(ROOT, "packages", name, "node_modules");
    if (!existsSync(packages)) continue;
    cpSync(packages, join(folder, "packages", name, "node_modules"), {
      ...{ recursive: true, verbatimSymlinks: true },
    });
  }
  return folder;
}

interface Migrates {
  readServersConfig(env: NodeJS.ProcessEnv): unknown;
  migrateDatabase(config: unknown): Promise<readonly string[]>;
}

async function migrateBy(folder: string, env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const url = pathToFileURL(join(folder, "packages/core/src/index.ts")).href;
  const core: Migrates = await import(url);
  return core.migrateDatabase(core.readServersConfig(env));
}

interface Started {
  readonly url: string;
  stop(): Promise<void>;
}

const children = new Set<ChildProcess>();

/** Starts a process of the version in the folder, and waits until it is ready. */
async function start(folder: string, role: string, env: NodeJS.ProcessEnv): Promise<Started> {
  const logs = join(ROOT, ".devstack/upgrade");
  mkdirSync(logs, { recursive: true });
  const [port = 0] = await chooseFreePorts(`upgrade ${role} ${children.size}`, 1);
  const log = openSync(join(logs, `${role}-${port}.log`), "w");
  const child = spawn(process.execPath, [join(folder, "packages/api/src/main.ts"), role], {
    env: { ...env, PORT: String(port) },
    stdio: ["ignore", log, log],
  });
  children.add(child);
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    const isReady = await fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) break;
    if (child.exitCode !== null) throw new Error(`${role} ended; see ${logs}`);
    await sleep(LOOK_MS);
  }
  return {
    url,
    async stop() {
      children.delete(child);
      if (child.exitCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

/** Runs a command of the version in the folder. @returns the exit code and what it printed */
async function onsale(folder: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const command = [join(folder, "packages/cli/bin/onsale.js"), ...args];
  const child = spawn(process.execPath, command, { env, stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (part) => {
    text += part;
  });
  const [code] = await once(child, "close");
  return { code: Number(code), text };
}

async function upgrade(
  folder: string,
  balancer: Balancer,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly failures: readonly string[] }> {
  say(`Old version: ${(await migrateBy(folder, env)).length} migrations`);
  const oldWorker = await start(folder, "worker", env);
  const oldApis = [await start(folder, "api", env), await start(folder, "api", env)];
  for (const { url } of oldApis) await balancer.add(url);
  const rush = onsale(
    folder,
    [
      ...["sim", "rush", "--url", balancer.url, "--buyers", String(BUYERS)],
      ...["--seats", String(SEATS), "--duration", String(RUSH_SECONDS)],
    ],
    env,
  );
  while (balancer.served() < REQUESTS_BEFORE) await sleep(LOOK_MS);
  const before = balancer.served();
  say(`New version: ${(await migrateBy(ROOT, env)).join(", ") || "no migration"}`);
  const newWorker = await start(ROOT, "worker", env);
  await oldWorker.stop();
  say("The worker is of the new version");
  const newApis: Started[] = [];
  for (const old of oldApis) {
    const api = await start(ROOT, "api", env);
    newApis.push(api);
    await balancer.add(api.url);
    // An old version may have no DRAIN_DELAY_MS.
    await balancer.remove(old.url);
    await old.stop();
    say("One more API process is of the new version");
  }
  const last = await start(ROOT, "api", env);
  await balancer.add(last.url);
  await newApis.shift()?.stop();
  newApis.push(last);
  say("One API process was replaced by SIGTERM alone: it left the balancer by its probe");
  say(`${balancer.served() - before} requests were answered during the upgrade`);
  const { code, text } = await rush;
  process.stdout.write(text);
  const doctor = await onsale(ROOT, ["doctor", "--full"], env);
  process.stdout.write(doctor.text);
  for (const one of [...newApis, newWorker]) await one.stop();
  return {
    failures: [
      ...(code === 0 ? [] : [`the rush ended with ${code}`]),
      ...(doctor.code === 0 ? [] : [`doctor ended with ${doctor.code}`]),
      ...balancer.lost.map((reason) => `lost: ${reason}`),
    ],
  };
}

/** Its own stack without data. */
process.env.DEVSTACK_NAME = "upgrade";
const folder = await checkoutOf(process.argv[2] ?? "HEAD~1");
await stackDown({ wipe: true });
const { urls } = await stackUp({ onProgress: say });
const secret = randomBytes(32).toString("hex");
const balancer = await startBalancer();
try {
  const { failures } = await upgrade(folder, balancer, {
    ...{ PATH: process.env.PATH, HOME: process.env.HOME, LOG_LEVEL: "info" },
    ...{ MYSQL_URL: urls.mysqlUrl, REDIS_URL: urls.redisUrl },
    ...{ KAFKA_BROKERS: urls.kafkaBrokers.join(","), DRAIN_DELAY_MS: String(DRAIN_DELAY_MS) },
    ...{ KAFKA_IDEMPOTENT: String(urls.kafkaIdempotent), DEV_ISSUER: "true" },
    ...{ AUTH_JWT_SECRET: secret, QUEUE_TOKEN_KEYS: `upgrade:${secret}` },
  });
  for (const failure of failures) say(failure);
  say(failures.length === 0 ? "The upgrade lost nothing." : "The upgrade failed.");
  if (failures.length > 0) process.exitCode = 1;
} finally {
  for (const child of children) child.kill("SIGKILL");
  await balancer.close();
  await stackDown({ wipe: true });
}
