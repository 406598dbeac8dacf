/** Runs all measurements and writes docs/reference/MEASUREMENTS.md. Run by `pnpm measurements`. */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { parseArgs, promisify } from "node:util";
import { type Measured, type Measurement, measurementsPage } from "./measurementsPage.ts";

const run = promisify(execFile);
const ROOT = new URL("../../", import.meta.url);
const PAGE = new URL("docs/reference/MEASUREMENTS.md", ROOT);
const ONSALE = new URL("packages/cli/bin/onsale.js", ROOT).pathname;
const OUTPUT_BYTES_MAX = 10 * 1024 * 1024;
const GIB = 1024 ** 3;

/** The measurements, in full size or in a size that takes only a few minutes. */
function measurements(isShort: boolean): readonly Measurement[] {
  return [
    {
      title: "A rush",
      meaning:
        "Simulated buyers on real servers, through HTTP. Accepted and refused requests are " +
        "counted separately; times count from the intended start of a request.",
      args: isShort ? ["sim", "rush", "--buyers", "600", "--seats", "150"] : ["sim", "rush"],
    },
    {
      title: "Sales in virtual time",
      meaning: "Seeds per minute of the simulator, with every check after each seed.",
      args: ["sim", "explore", "--seeds", isShort ? "300" : "5000"],
    },
    {
      title: "Check of all invariants",
      meaning:
        "Time and memory of the check of `onsale doctor` and of the hourly reconciliation, on a " +
        "database with a whole sale.",
      args: ["bench", "invariants", "--reservations", isShort ? "10000" : "100000"],
    },
  ];
}

/**
 * Runs an `onsale` command. @throws Error of `execFile` when the command fails; the error has the
 * command's output
 */
async function onsale(args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [ONSALE, ...args], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: "1" },
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  return stdout;
}

async function measure(measurement: Measurement): Promise<Measured> {
  process.stderr.write(`onsale ${measurement.args.join(" ")}\n`);
  const [loadBefore = 0] = loadavg();
  const startedMs = performance.now();
  const output = await onsale(measurement.args);
  return { ...measurement, output, loadBefore, seconds: (performance.now() - startedMs) / 1000 };
}

async function git(...args: readonly string[]): Promise<string> {
  return (await run("git", [...args], { cwd: ROOT })).stdout.trim();
}

async function describeMachine() {
  const [commit, changes] = await Promise.all([
    git("rev-parse", "--short", "HEAD"),
    git("status", "--porcelain", "--untracked-files=no", "--", "packages"),
  ]);
  const all = cpus();
  return {
    processor: all[0]?.model ?? "unknown processor",
    cores: all.length,
    memoryGib: totalmem() / GIB,
    system: `${type()} ${release().split("-")[0]}`,
    node: process.version,
    commit: changes === "" ? commit : `${commit}, with changes that are not committed`,
    date: new Date().toISOString().slice(0, 16).replace("T", " ").concat(" UTC"),
  };
}

const { values } = parseArgs({ options: { short: { type: "boolean", default: false } } });
const machine = await describeMachine();
const wasUp = await onsale(["stack", "status"]).then(
  () => true,
  () => false,
);
try {
  if (!wasUp) await onsale(["stack", "up"]);
  const measured: Measured[] = [];
  for (const each of measurements(values.short)) measured.push(await measure(each));
  await writeFile(PAGE, measurementsPage(machine, measured));
  process.stdout.write(`${PAGE.pathname}\n`);
} finally {
  if (!wasUp) await onsale(["stack", "down"]);
}
