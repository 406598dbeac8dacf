import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";
import { preparePage } from "../../outputFile.ts";

/** `onsale study outbox` */
export default class StudyOutbox extends AdminCommand {
  static override summary = "Measure which events are lost, repeated or invented without an outbox";
  static override description =
    "Uses the servers of `stack up` with data of its own. Ends real processes by kill -9 at each " +
    "point between a hold and its event: with publishing before COMMIT, after COMMIT, and with " +
    "the outbox. Takes at most six minutes, with --quick about one. Exit code 1 when the outbox " +
    "lost an event, invented one, or changed the order of a reservation.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> --quick",
    "<%= config.bin %> <%= command.id %> --page",
  ];
  static override flags = {
    quick: Flags.boolean({ default: false, description: "One process for each point" }),
    page: Flags.boolean({
      description: "Write docs/studies/outbox of this checkout from the figures",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(StudyOutbox);
    const { OUTBOX_FOLDER, writeOutbox } = await import("../../study/events/writeOutboxPage.ts");
    if (flags.page) await preparePage(OUTBOX_FOLDER);
    const { outboxProblems } = await import("@onsale/simulator/study");
    const { statusLine } = await import("@onsale/simulator/terminal");
    const { runOutboxStudy } = await import("../../study/events/runOutboxStudy.ts");
    const { drawOutboxStudy } = await import("../../study/events/outboxPage.ts");
    const line = this.quiet ? undefined : statusLine(process.stderr);
    const report = await runOutboxStudy({
      isQuick: flags.quick,
      onProgress: (text, elapsedMs) => line?.show(text, "", elapsedMs),
      signal: this.interruptSignal(),
    }).finally(() => line?.clear());
    this.print(drawOutboxStudy(report));
    if (flags.page) this.say(`Page: ${await writeOutbox(report)}`);
    const problems = outboxProblems(report);
    for (const problem of problems) this.say(problem);
    if (problems.length > 0) this.fail();
    return report;
  }
}
