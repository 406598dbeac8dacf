import { spawn } from "node:child_process";
import { access, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { killWithParent } from "@onsale/simulator/live";
import { type K6Summary, k6SummarySchema, type RunningK6 } from "@onsale/simulator/study";
import { CliError, EXIT } from "../../cliError.ts";

const REPOSITORY = fileURLToPath(new URL("../../../../../", import.meta.url));
/** Where scripts/k6Binary puts the program. */
const OWN_K6 = join(REPOSITORY, ".cache/k6/k6");
/** The end of k6's output that an error shows. */
const OUTPUT_SHOWN_MAX = 2000;

/**
 * Finds the k6 that `scripts/load` has brought, or the program that K6_BIN names.
 * @throws CliError with exit code 3 when there is none
 */
export async function findK6(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const path = env.K6_BIN?.trim() || OWN_K6;
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) return path;
  throw new CliError("K6_MISSING", "The load test needs k6, and there is none", {
    exitCode: EXIT.precondition,
    cause: `There is no program ${path}`,
    next: "Run scripts/load, which brings k6, or name a k6 in K6_BIN.",
  });
}

/** The version that k6 prints, such as "k6 v1.1.0". */
export async function k6Version(k6: string): Promise<string> {
  const { output } = await run(k6, ["version"], process.env).ended;
  return output.trim().split(" (")[0] ?? "k6";
}

export interface K6Run {
  readonly k6: string;
  /** The script: a name of scripts/k6, or a path. */
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  /** The memory from which on k6 collects its garbage. */
  readonly memoryMb: number;
  readonly signal: AbortSignal;
}

const MB = 2 ** 20;

/** Half of the memory that is free. */
export const halfOfFreeMemoryMb = (): number => Math.floor(process.availableMemory() / 2 / MB);

/**
 * The settings of the Go runtime. k6 has about 250 kB for each user, and by default it collects its
 * garbage whenever its memory has doubled: with 6,000 users every 18 s, for 6 s each time, in which
 * it takes a core from the processes that it measures, and its own delays count as theirs.
 */
const goSettings = (memoryMb: number) => ({ GOGC: "off", GOMEMLIMIT: `${memoryMb}MiB` });

/** Starts a script of scripts/k6, which writes its figures to `summaryFile`. */
export function startK6(
  { k6, script, env, memoryMb, signal }: K6Run,
  summaryFile: string,
): RunningK6 {
  const file = join(REPOSITORY, "scripts/k6", `${script}.ts`);
  const all = { ...env, ...goSettings(memoryMb), SUMMARY_FILE: summaryFile };
  const { pid, ended } = run(k6, runArguments(file), all, signal);
  return { pid, ended: ended.then(({ output }) => summaryIn(summaryFile, output)) };
}

/** Runs any script. Exit code 0 means that k6 found every threshold kept. */
export async function runForeignScript({ k6, script, env, memoryMb, signal }: K6Run): Promise<{
  readonly output: string;
  readonly exitCode: number | null;
}> {
  return run(k6, runArguments(script), { ...env, ...goSettings(memoryMb) }, signal).ended;
}

/** Without remote control, without reports to the makers of k6, without a live display. */
function runArguments(file: string): string[] {
  return ["run", "--quiet", "--no-usage-report", "--address", "localhost:0", file];
}

async function summaryIn(file: string, output: string): Promise<K6Summary> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) {
    const shown = output.trim().slice(-OUTPUT_SHOWN_MAX) || "it printed nothing";
    throw new CliError("K6_FAILED", "k6 ended without a summary", {
      cause: `The end of its output: ${shown}`,
      next: "Run scripts/k6Binary for another k6, or name one in K6_BIN.",
    });
  }
  await rm(file, { force: true });
  return k6SummarySchema.parse(JSON.parse(text));
}

function run(k6: string, args: readonly string[], env: NodeJS.ProcessEnv, signal?: AbortSignal) {
  const child = spawn(k6, args, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(signal && { signal }),
  });
  killWithParent(child);
  let output = "";
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4 * OUTPUT_SHOWN_MAX);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const ended = new Promise<{ output: string; exitCode: number | null }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ output, exitCode }));
  });
  return { pid: child.pid ?? 0, ended };
}
