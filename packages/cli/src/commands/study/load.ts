import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";
import { CliError, EXIT } from "../../cliError.ts";
import { preparePage } from "../../outputFile.ts";

const PROCESSES_MAX = 16;
const SMOKE = "smoke";
const FULL = "full";

/** `onsale study load` */
export default class StudyLoad extends AdminCommand {
  static override summary = "Load each endpoint with many users, and measure what it serves";
  static override description =
    "Runs the k6 scripts of scripts/k6 on the servers of `stack up`, each with data and API " +
    "processes of its own. Prints accepted, refused and failed requests, percentiles, the cores " +
    "that each party used, and where the limits are missed. Then every invariant is checked. " +
    "The profile smoke takes about five minutes, full more than an hour. scripts/load brings k6 " +
    "and the servers. Exit code 1 when a limit is missed or an invariant is broken.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --only payment,rush --json",
    "<%= config.bin %> <%= command.id %> --size full --page",
    "<%= config.bin %> <%= command.id %> --script my-own-script.js",
  ];
  static override flags = {
    size: Flags.string({
      options: [SMOKE, FULL],
      default: SMOKE,
      env: "K6_PROFILE",
      description: "full: all users of the scenarios; smoke: a twentieth of them, for a short time",
    }),
    only: Flags.string({ description: "Names of scenarios, comma-separated; default: all" }),
    "api-processes": Flags.integer({
      default: 2,
      min: 1,
      max: PROCESSES_MAX,
      description: "Number of API processes",
    }),
    page: Flags.boolean({
      description: "Write docs/studies/load of this checkout; scenarios not measured now stay",
    }),
    script: Flags.string({
      description:
        "Run this k6 script instead, against one trusted API process at port 8080 with one " +
        "concert of 100 seats",
      helpValue: "FILE",
      exclusive: ["only", "page", "size"],
    }),
    "queue-limits": Flags.boolean({
      dependsOn: ["script"],
      description:
        "With --script: the queue has the limits of a new queue; without it, everybody is admitted",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(StudyLoad);
    const { requireCheckout } = await import("../../productEntry.ts");
    requireCheckout("onsale study load");
    const { LOAD_FOLDER, writeLoad } = await import("../../study/load/writeLoadPage.ts");
    if (flags.page) await preparePage(LOAD_FOLDER);
    const signal = this.interruptSignal();
    const say = (line: string): void => this.say(line);
    if (flags.script !== undefined) {
      const { runOwnScript } = await import("../../study/load/runOwnScript.ts");
      const result = await runOwnScript({
        script: flags.script,
        hasQueueLimits: flags["queue-limits"],
        ...{ say, signal },
      });
      this.print(result.output);
      if (!result.isGood) this.fail();
      return result;
    }
    const { isScenarioGood, LOAD_SCENARIOS } = await import("@onsale/simulator/study");
    const plans = plansOf(LOAD_SCENARIOS, flags.only);
    const { runLoadStudy } = await import("../../study/load/runLoadStudy.ts");
    const { drawLoad } = await import("../../study/load/drawLoad.ts");
    const apiProcesses = flags["api-processes"];
    const profile = flags.size === FULL ? FULL : SMOKE;
    const report = await runLoadStudy({ plans, profile, apiProcesses, say, signal });
    this.print(drawLoad(report));
    if (flags.page) this.say(`Page: ${await writeLoad(report)}`);
    if (!report.scenarios.every(isScenarioGood)) this.fail();
    return report;
  }
}

function plansOf<Plan extends { readonly name: string }>(
  all: readonly Plan[],
  only: string | undefined,
): readonly Plan[] {
  if (only === undefined) return all;
  return only.split(",").map((part) => {
    const plan = all.find(({ name }) => name === part.trim());
    if (plan) return plan;
    const names = all.map(({ name }) => name).join(", ");
    throw new CliError("USAGE", `There is no scenario "${part.trim()}"`, {
      exitCode: EXIT.usage,
      next: `Choose from ${names}.`,
    });
  });
}
