import { Flags } from "@oclif/core";
import { SEED_MAX } from "@onsale/simulator/seeds";
import { AdminCommand } from "../../adminCommand.ts";
import { preparePage } from "../../outputFile.ts";

/** `onsale study services` */
export default class StudyServices extends AdminCommand {
  static override summary = "Split the payment off in virtual time, and measure what it costs";
  static override description =
    "Runs sales by seed: with a payment service that has its own processes and its own database, " +
    "and with the product's one transaction. Messages are lost and repeated, duplicated, delayed " +
    "and overtake each other; processes crash. Shows which invariants hold always and which only " +
    "in the end, how long they do not hold, the work of a payment, and how naive splits fail. " +
    "Then measures payments on the servers of `stack up`, with databases of its own. Takes at " +
    "most five minutes, with --quick half a minute. Exit code 1 when the designed saga fails a " +
    "check, or a naive split passes all of them.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> --quick --no-live",
    "<%= config.bin %> <%= command.id %> --page",
    "<%= config.bin %> <%= command.id %> --seed 500 --json",
  ];
  static override flags = {
    seed: Flags.integer({ default: 1, min: 0, max: SEED_MAX, description: "The first seed" }),
    quick: Flags.boolean({ default: false, description: "Few seeds and payments" }),
    live: Flags.boolean({
      default: true,
      allowNo: true,
      description: "Also measure payments on the servers",
    }),
    page: Flags.boolean({
      description: "Write docs/studies/services of this checkout from the figures",
      exclusive: ["quick"],
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(StudyServices);
    const { requireCheckout } = await import("../../productEntry.ts");
    // The owners of the tables are read from the sources.
    requireCheckout("onsale study services");
    const { SERVICES_FOLDER, writeServices } = await import(
      "../../study/services/writeServicesPage.ts"
    );
    if (flags.page) await preparePage(SERVICES_FOLDER);
    const { isAsDesigned } = await import("@onsale/simulator/services");
    const { statusLine } = await import("@onsale/simulator/terminal");
    const { runServicesStudy } = await import("../../study/services/runServicesStudy.ts");
    const { drawServices } = await import("../../study/services/drawServices.ts");
    const line = this.quiet ? undefined : statusLine(process.stderr);
    const report = await runServicesStudy({
      ...{ firstSeed: flags.seed, isQuick: flags.quick, isLive: flags.live },
      signal: this.interruptSignal(),
      onProgress: (text, elapsedMs) => line?.show(text, "", elapsedMs),
    }).finally(() => line?.clear());
    this.print(drawServices(report));
    if (flags.page) this.say(`Page: ${await writeServices(report)}`);
    if (!isAsDesigned(report)) this.fail();
    return report;
  }
}
