import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";
import { CliError, EXIT } from "../../cliError.ts";
import { jsonIsOnStdout, prepareOutputFile, writeOutputFile } from "../../outputFile.ts";

/** One process has the state and timers of all buyers; more of them would only measure it. */
const BUYERS_MAX = 20_000;
const SEATS_MAX = 20_000;
/** Shorter stretches have too few answers for a percentile. */
const WINDOW_SECONDS_MIN = 5;
const WINDOW_SECONDS_MAX = 60;
const ADMISSION_RATE_PER_MINUTE = 60_000;
/** Some looks of doctor after the first stretch. */
const FINDING_MS = 20_000;
const ACTIVE_TTL_MS = 5 * 60 * 1000;

/** `onsale study incidents` */
export default class StudyIncidents extends AdminCommand {
  /** Disables oclif's own `--json`: here `--json` names a file for the data, as in `sim rush`. */
  static override enableJsonFlag = false;
  static override summary = "Overload the machine with buyers, and measure what the runbook does";
  static override description =
    "Uses the servers of `stack up` with data of its own, and starts an API process, a worker " +
    "and a process of simulated buyers. All buyers arrive at the same time, and the queue lets " +
    "in too many of them. Each resource is sampled once a second, and doctor looks every three " +
    "seconds. When doctor finds OVERLOADED, the runbook overload is executed, and executed again " +
    "while the load does not fall. The figures before and after it are compared, also with the " +
    "same time without the runbook. Then every invariant is checked. One number of buyers takes " +
    "about five minutes. Exit code 1 when the runbook did not end as DONE, or an invariant is " +
    "broken.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --buyers 1000 --window 20 --json incidents.json",
  ];
  static override flags = {
    buyers: Flags.string({
      default: "6000,10000",
      description: "Numbers of buyers, comma-separated; one incident for each",
    }),
    seats: Flags.integer({
      default: 8000,
      min: 1,
      max: SEATS_MAX,
      description: "Seats of the hall: more than are sold until the end, so that buyers stay",
    }),
    active: Flags.integer({
      default: 2000,
      min: 1,
      max: BUYERS_MAX,
      description: "Active buyers that the room lets in: too many, as a careless operator would",
    }),
    think: Flags.integer({
      default: 2000,
      min: 0,
      max: 60_000,
      description: "Mean pause between two steps of a buyer, ms",
    }),
    window: Flags.integer({
      default: 30,
      min: WINDOW_SECONDS_MIN,
      max: WINDOW_SECONDS_MAX,
      description: "Seconds before the runbook, and after it, that are compared",
    }),
    compare: Flags.boolean({
      default: true,
      allowNo: true,
      description: "Run each incident once more without the runbook",
    }),
    json: Flags.string({
      description: "Write the result to this file; - prints it, as --json of other commands does",
      helpValue: "FILE",
    }),
    "stack-down": Flags.boolean({ description: "Stop the servers of the devstack at the end" }),
  };

  override jsonEnabled(): boolean {
    return jsonIsOnStdout(this.argv);
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(StudyIncidents);
    const buyerCounts = countsOf(flags.buyers);
    const file = this.jsonEnabled() ? undefined : flags.json;
    if (file !== undefined) await prepareOutputFile(file);
    const { drillServers } = await import("../../drill/drillServers.ts");
    const say = (line: string): void => this.say(line);
    const signal = this.interruptSignal();
    const { stack, status } = await drillServers([], this.profileName(), say);
    const { runIncidentsStudy } = await import("../../study/runIncidentsStudy.ts");
    const { drawIncidents, isGood } = await import("../../study/drawIncidents.ts");
    const report = await runIncidentsStudy({
      ...{ stack, status, buyerCounts, seats: flags.seats, thinkMs: flags.think, signal, say },
      ...{ windowMs: flags.window * 1000, isCompared: flags.compare, findingMs: FINDING_MS },
      room: {
        activeCountMax: flags.active,
        admissionRatePerMinute: ADMISSION_RATE_PER_MINUTE,
        activeTtlMs: ACTIVE_TTL_MS,
      },
    }).finally(async () => {
      if (flags["stack-down"]) await stack.down();
    });
    if (file !== undefined) await writeOutputFile(file, `${JSON.stringify(report)}\n`);
    this.print(drawIncidents(report));
    if (!isGood(report)) this.fail();
    return report;
  }
}

function countsOf(text: string): number[] {
  const counts = text.split(",").map(Number);
  if (counts.every((count) => Number.isInteger(count) && count >= 1 && count <= BUYERS_MAX)) {
    return [...new Set(counts)];
  }
  throw new CliError("USAGE", `--buyers wants numbers of 1 to ${BUYERS_MAX}: "6000,10000"`, {
    exitCode: EXIT.usage,
  });
}
