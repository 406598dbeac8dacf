import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";
import { preparePage } from "../../outputFile.ts";

/** `onsale study events` */
export default class StudyEvents extends AdminCommand {
  static override summary = "Measure what a buyer feels of a slow or failing notifier";
  static override description =
    "Uses the servers of `stack up` with data of its own. Measures holds and payments when the " +
    "notifier answers at once, takes 3 s, or fails: called in the transaction, after COMMIT, and " +
    "by the outbox and Kafka. Takes a minute or two. Exit code 1 when a buyer of the " +
    "product's way felt the notifier.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> --quick",
    "<%= config.bin %> <%= command.id %> --page",
  ];
  static override flags = {
    quick: Flags.boolean({ default: false, description: "Few buyers, one round" }),
    page: Flags.boolean({
      description: "Write docs/studies/events of this checkout from the figures",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(StudyEvents);
    const { EVENTS_FOLDER, writeEvents } = await import("../../study/events/writeEventsPage.ts");
    if (flags.page) await preparePage(EVENTS_FOLDER);
    const { eventsProblems } = await import("@onsale/simulator/study");
    const { statusLine } = await import("@onsale/simulator/terminal");
    const { runEventsStudy } = await import("../../study/events/runEventsStudy.ts");
    const { drawEventsStudy } = await import("../../study/events/eventsPage.ts");
    const line = this.quiet ? undefined : statusLine(process.stderr);
    const report = await runEventsStudy({
      isQuick: flags.quick,
      onProgress: (text, elapsedMs) => line?.show(text, "", elapsedMs),
      signal: this.interruptSignal(),
    }).finally(() => line?.clear());
    this.print(drawEventsStudy(report));
    if (flags.page) this.say(`Page: ${await writeEvents(report)}`);
    const problems = eventsProblems(report);
    for (const problem of problems) this.say(problem);
    if (problems.length > 0) this.fail();
    return report;
  }
}
