import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";
import { CliError, EXIT } from "../../cliError.ts";

/** Maximum number of rounds. Each round needs new seats, and a benchmark creates up to 100,000. */
const ROUNDS_MAX = 20;
const HOLDS_MAX = 20_000;
const PROCESSES_MAX = 16;

/** `onsale bench holds` */
export default class BenchHolds extends AdminCommand {
  static override summary =
    "Compare the accepted holds per second over HTTP with the bare database loop";
  static override description =
    "V0 is the bare loop: one transaction for each hold straight through mysql2, with the same " +
    "rows and without HTTP, queue or lock. The API and V0 take turns on one database server, so " +
    "that a drift of the machine affects both. Each hold is on a seat of its own. Client, API " +
    "and database share this machine.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --api-processes 1 --cpu-profile",
    "<%= config.bin %> <%= command.id %> --rounds 9 --json > holds.json",
  ];
  static override flags = {
    "in-flight": Flags.integer({
      default: 64,
      min: 1,
      max: 1024,
      description: "Number of open holds",
    }),
    rounds: Flags.integer({ default: 5, min: 1, max: ROUNDS_MAX, description: "Measured rounds" }),
    holds: Flags.integer({
      default: 3000,
      min: 100,
      max: HOLDS_MAX,
      description: "Number of holds in a round",
    }),
    "api-processes": Flags.string({
      default: "1,2",
      description: "Numbers of API processes to compare, comma-separated",
    }),
    "cpu-profile": Flags.boolean({
      description: "Also profile one API process, to show what limits it",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(BenchHolds);
    const processCounts = countsOf(flags["api-processes"]);
    const { runHoldsBench } = await import("../../bench/runHoldsBench.ts");
    const { drawHoldsBench } = await import("../../bench/drawHoldsBench.ts");
    const result = await runHoldsBench({
      inFlight: flags["in-flight"],
      rounds: flags.rounds,
      holdsPerRound: flags.holds,
      processCounts,
      profile: flags["cpu-profile"],
      onProgress: (line) => this.say(line),
      signal: this.interruptSignal(),
    });
    this.print(drawHoldsBench(result));
    return result;
  }
}

function countsOf(text: string): number[] {
  const counts = text.split(",").map(Number);
  if (counts.every((count) => Number.isInteger(count) && count >= 1 && count <= PROCESSES_MAX)) {
    return [...new Set(counts)];
  }
  throw new CliError("USAGE", `--api-processes wants numbers of 1 to ${PROCESSES_MAX}: "1,2"`, {
    exitCode: EXIT.usage,
  });
}
