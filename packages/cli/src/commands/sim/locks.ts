import { Flags } from "@oclif/core";
import { SEED_MAX } from "@onsale/simulator/seeds";
import { AdminCommand } from "../../adminCommand.ts";
import { CliError, EXIT } from "../../cliError.ts";
import { preparePage } from "../../outputFile.ts";

/** More buyers than a process has open requests would only wait in the process. */
const BUYERS_MAX = 4_000;
const RUNS_MAX = 30;
const SEEDS_MAX = 10_000;

/** Bounds that keep the whole study below six minutes, and below one with --quick. */
const FULL = { buyers: "10,100,1000", runs: 7, seeds: 60, scenarioMs: 2_500, virtualMs: 4_000 };
const QUICK = { buyers: "10,100", runs: 3, seeds: 10, scenarioMs: 400, virtualMs: 500 };

const BUYERS_TEXT = `${FULL.buyers}, quick ${QUICK.buyers}`;

/** `onsale sim locks` */
export default class SimLocks extends AdminCommand {
  static override summary = "Compare every way to lock a seat, on servers and in virtual time";
  static override description =
    "Uses the servers of `stack up` with two databases of its own, which it drops at the end. " +
    "With each strategy, 10, 100 and 1,000 buyers want one seat at the same moment, and then " +
    "seats of a hall by Zipf's law. Then the seats' table stalls for longer than a seat lock " +
    "lives while buyers keep coming. Then whole virtual sales run with faults by seed. Shows the " +
    "time with its 95 % confidence interval, accepted and refused buyers, deadlocks, seats sold " +
    "twice and wasted work. The unsafe strategies are shown as they fail. Takes about five " +
    "minutes, with --quick one. Exit code 1 when a safe strategy sold a seat twice, or failed " +
    "another check in virtual time.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> --quick",
    "<%= config.bin %> <%= command.id %> --strategies none,pessimistic,conditional --buyers 100",
    "<%= config.bin %> <%= command.id %> --page",
  ];
  static override flags = {
    strategies: Flags.string({ description: "Names of strategies, comma-separated; default: all" }),
    buyers: Flags.string({
      description: `Numbers of buyers, comma-separated; default ${BUYERS_TEXT}`,
    }),
    runs: Flags.integer({
      min: 1,
      max: RUNS_MAX,
      description: `Runs of each scenario at most; default ${FULL.runs}, quick ${QUICK.runs}`,
    }),
    seeds: Flags.integer({
      min: 1,
      max: SEEDS_MAX,
      description:
        "Virtual sales of each strategy at most; " +
        `default ${FULL.seeds}, quick ${QUICK.seeds}; with the flag no time limit`,
    }),
    seed: Flags.integer({ default: 1, min: 0, max: SEED_MAX, description: "The first seed" }),
    quick: Flags.boolean({ description: "Fewer buyers and runs, less than a minute" }),
    page: Flags.boolean({
      description: "Write docs/studies/concurrency of this checkout from the figures",
      exclusive: ["strategies", "buyers", "quick"],
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(SimLocks);
    const { LOCKS_FOLDER, writeLocks } = await import("../../locks/writeLocksPage.ts");
    if (flags.page) await preparePage(LOCKS_FOLDER);
    const { brokenStrategies, LOCK_STRATEGIES } = await import("@onsale/simulator/locks");
    const { statusLine } = await import("@onsale/simulator/terminal");
    const { runLocks } = await import("../../locks/runLocks.ts");
    const { drawLocks } = await import("../../locks/drawLocks.ts");
    const size = flags.quick ? QUICK : FULL;
    const known = LOCK_STRATEGIES.map(({ name }) => name);
    const wanted = flags.strategies === undefined ? known : namesOf(flags.strategies, known);
    const line = this.quiet ? undefined : statusLine(process.stderr);
    const report = await runLocks({
      strategies: LOCK_STRATEGIES.filter(({ name }) => wanted.includes(name)),
      buyers: countsOf(flags.buyers ?? size.buyers),
      runs: flags.runs ?? size.runs,
      seeds: flags.seeds ?? size.seeds,
      seed: flags.seed,
      scenarioMsMax: size.scenarioMs,
      virtualMsMax: flags.seeds === undefined ? size.virtualMs : Number.POSITIVE_INFINITY,
      signal: this.interruptSignal(),
      onProgress: (text, elapsedMs) => line?.show(text, "", elapsedMs),
    }).finally(() => line?.clear());
    this.print(drawLocks(report));
    if (brokenStrategies(report).length > 0) this.fail();
    if (flags.page && report.isComplete) this.say(`Page: ${await writeLocks(report)}`);
    return report;
  }
}

function namesOf(text: string, known: readonly string[]): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return names;
  throw new CliError("USAGE", `There is no lock strategy ${unknown.join(", ")}`, {
    exitCode: EXIT.usage,
    next: `Choose among ${known.join(", ")}.`,
  });
}

function countsOf(text: string): readonly number[] {
  const counts = text.split(",").map(Number);
  const isGood = (one: number) => Number.isInteger(one) && one >= 1 && one <= BUYERS_MAX;
  if (counts.every(isGood)) return counts;
  throw new CliError("USAGE", `--buyers wants whole numbers from 1 to ${BUYERS_MAX}`, {
    exitCode: EXIT.usage,
  });
}
