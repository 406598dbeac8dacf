import { Errors, Flags } from "@oclif/core";
import { SEED_MAX } from "@onsale/simulator/seeds";
import { AdminCommand } from "../../adminCommand.ts";
import { jsonIsOnStdout, prepareOutputFile } from "../../outputFile.ts";

/**
 * The largest number of buyers in a rush. One process has the state and timers of all buyers; with
 * more buyers, the rush would measure the CPU of this process.
 */
const BUYERS_MAX = 200_000;
const SEATS_MAX = 100_000;
const PROCESSES_MAX = 16;
const DURATION_MAX_SECONDS = 3600;
/** The largest number of active buyers that a queue's settings allow. */
const ACTIVE_MAX = 1_000_000;
/** The longest think time, ms. With a longer one, holds would expire between two steps. */
const THINK_MAX_MS = 60_000;

const DECIMAL = /^\d+(\.\d+)?$/;

/** Flags that need separate processes and a separate database. */
const SERVER_FLAGS = [
  "api-processes",
  "queue-processes",
  "kill-api-at",
  "url",
  "keep",
  "stack-down",
];

const share = Flags.custom<number>({
  parse: async (text) => {
    const value = Number(text);
    if (DECIMAL.test(text) && value <= 1) return value;
    throw new Errors.CLIError(`Expected a decimal number from 0 to 1 but received: ${text}`);
  },
});

const baseUrl = Flags.custom<string>({
  parse: async (text) => {
    const url = URL.parse(text);
    const isBase = url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
    if (isBase) return url.origin;
    throw new Errors.CLIError(`Expected a URL such as http://127.0.0.1:8080 but received: ${text}`);
  },
});

/** `onsale sim rush` */
export default class SimRush extends AdminCommand {
  /**
   * Disables oclif's own `--json`: here `--json` names a file for the data, and the terminal shows
   * the summary.
   */
  static override enableJsonFlag = false;
  static override summary =
    "Sell a hall to simulated buyers on real servers, and check every invariant";
  static override description =
    "Starts the local servers (or uses those that environment variables name), API processes " +
    "and a worker, creates a concert, and lets simulated buyers buy over HTTP: queue, dates, " +
    "seats, hold, points, payment. A buyer arrives at the planned time, even when earlier " +
    "requests have no answer yet. Waits and purchases are measured from the planned arrival. " +
    "The last step checks I1 to I10; exit code 1 when an invariant is violated. The seed decides " +
    "when each buyer arrives and what the buyer wants, but not who gets a seat. With --embedded " +
    "(or STACK=embedded), API, worker and buyers are one process without any server; the checks " +
    "are the same, but the times say nothing about servers.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --embedded",
    "<%= config.bin %> <%= command.id %> --buyers 5000 --seats 800 --arrival burst",
    "<%= config.bin %> <%= command.id %> --kill-api-at 0.5 --report rush.html --json rush.json",
    {
      description:
        "Run the rush against an API that runs already (MYSQL_URL and REDIS_URL must be its own)",
      command: "<%= config.bin %> <%= command.id %> --url http://127.0.0.1:8080",
    },
  ];
  static override flags = {
    buyers: Flags.integer({
      default: 2000,
      min: 1,
      max: BUYERS_MAX,
      description: "Number of buyers",
    }),
    seats: Flags.integer({
      default: 500,
      min: 1,
      max: SEATS_MAX,
      description: "Number of seats",
    }),
    arrival: Flags.option({
      options: ["burst", "step", "ramp", "poisson"] as const,
      default: "poisson" as const,
      description:
        "When buyers arrive: all at the same moment, evenly, more and more, or at random times",
    })(),
    duration: Flags.integer({
      default: 5,
      min: 1,
      max: DURATION_MAX_SECONDS,
      description: "Seconds over which the buyers arrive",
    }),
    seed: Flags.integer({
      default: 1,
      min: 0,
      max: SEED_MAX,
      description: "Seed that determines every buyer's plan",
    }),
    "api-processes": Flags.integer({
      default: 2,
      min: 1,
      max: PROCESSES_MAX,
      description: "Number of API processes to start",
    }),
    "queue-processes": Flags.integer({
      default: 0,
      min: 0,
      max: PROCESSES_MAX,
      description: "Number of processes to start that serve only waiting buyers",
    }),
    active: Flags.integer({
      default: 200,
      min: 1,
      max: ACTIVE_MAX,
      description: "Maximum number of active buyers",
    }),
    think: Flags.integer({
      default: 100,
      min: 0,
      max: THINK_MAX_MS,
      description: "Mean pause between steps, ms",
    }),
    abandon: share({ default: 0.1, description: "Share of buyers who abandon a hold" }),
    retry: share({
      default: 0.2,
      description: "Share of buyers who repeat a request with the same Idempotency-Key",
    }),
    "kill-api-at": share({
      description: "SIGKILL one API process when this share of the seats is sold, then restart it",
      exclusive: ["url"],
    }),
    url: baseUrl({
      multiple: true,
      description: "Base URL of an API that runs already; repeat it for several processes",
    }),
    confirm: Flags.string({
      description: "Host name of --url, to run the rush against an API on another machine",
      helpValue: "HOST",
      dependsOn: ["url"],
    }),
    embedded: Flags.boolean({ description: "One process and no server: in memory, not durable" }),
    json: Flags.string({
      description: "Write the result to this file; - prints it, as --json of other commands does",
      helpValue: "FILE",
    }),
    report: Flags.string({
      description: "Write the report, one HTML page",
      helpValue: "FILE.html",
    }),
    keep: Flags.boolean({ description: "Keep the run's database afterwards" }),
    "stack-down": Flags.boolean({ description: "Stop the local servers at the end" }),
  };

  override jsonEnabled(): boolean {
    return jsonIsOnStdout(this.argv);
  }

  async run(): Promise<unknown> {
    const parsed = await this.parse(SimRush);
    const { flags } = parsed;
    const json = this.jsonEnabled() ? undefined : flags.json;
    const { wantsEmbedded } = await import("../../embeddedFlags.ts");
    const isEmbedded = wantsEmbedded(parsed, SERVER_FLAGS);
    // Checks the files first, so that a file that cannot be written fails before the run.
    for (const file of [json, flags.report]) {
      if (file !== undefined) await prepareOutputFile(file);
    }
    const options = { ...flags, json, ...this.runTerminal() };
    const result = isEmbedded
      ? await (await import("../../sim/rushEmbedded.ts")).rushEmbedded(options)
      : await (await import("../../sim/rushOnServers.ts")).rushOnServers(options);
    if (result.verdict.given && !result.verdict.holds) this.fail();
    return result;
  }
}
