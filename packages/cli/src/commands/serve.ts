import { Flags } from "@oclif/core";
import { AdminCommand } from "../adminCommand.ts";

/** `onsale serve` */
export default class Serve extends AdminCommand {
  static override summary =
    "Run API and worker with demo data, and print a tour: a script to paste";
  static override description =
    "Starts the local servers (or uses those that environment variables name), migrates, creates " +
    "a demo concert if none exists, starts an API and a worker process, and prints curl commands " +
    "from joining the queue to paying. Ctrl-C or SIGTERM drains and stops all that the command " +
    "started; the exit code after a clean stop by SIGTERM is 0. " +
    "With --embedded (or STACK=embedded) everything runs in one process without any server, and " +
    "is up within two seconds; the data is in memory, and not durable.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --embedded",
    "<%= config.bin %> <%= command.id %> --port 9000 --auth trusted",
    {
      description: "Run the tour in another shell when the file exists: bash tour.sh",
      command: "<%= config.bin %> <%= command.id %> --tour-file tour.sh",
    },
  ];
  static override flags = {
    port: Flags.integer({
      char: "p",
      default: 8080,
      env: "PORT",
      min: 0,
      max: 65_535,
      description: "Port of the API; 0 takes a free port",
    }),
    host: Flags.string({
      default: "127.0.0.1",
      env: "HOST",
      description: "Address to listen on; 0.0.0.0 lets other machines connect",
    }),
    auth: Flags.option({
      options: ["jwt", "trusted"] as const,
      default: "jwt" as const,
      description: "jwt: users send access tokens; trusted: the API accepts X-User-Id",
    })(),
    embedded: Flags.boolean({
      description: "One process and no server: in memory, not durable",
    }),
    "tour-file": Flags.string({
      description: "Also write the tour to this file when the API is ready",
    }),
  };

  protected override readonly isService = true;

  async run(): Promise<unknown> {
    const parsed = await this.parse(Serve);
    const { flags } = parsed;
    const signal = this.interruptSignal();
    const tourFile = flags["tour-file"];
    const { prepareOutputFile, writeOutputFile } = await import("../outputFile.ts");
    const { wantsEmbedded } = await import("../embeddedFlags.ts");
    const serve = wantsEmbedded(parsed, [])
      ? (await import("../serve/serveEmbedded.ts")).serveEmbedded
      : (await import("../serve/serveDemo.ts")).serveDemo;
    // Checks the file first, so that nothing starts when the tour cannot be written.
    if (tourFile !== undefined) await prepareOutputFile(tourFile);
    const { baseUrl, isClean } = await serve({
      ...{ host: flags.host, port: flags.port },
      authMode: flags.auth,
      signal,
      say: (line) => this.say(line),
      onReady: async ({ tour, baseUrl }) => {
        if (tourFile !== undefined) await writeOutputFile(tourFile, tour);
        this.say(`\nThe API listens at ${baseUrl}. Paste this tour into another shell:\n`);
        this.print(tour);
        this.say("Press Ctrl-C to stop.");
      },
    });
    if (!isClean) this.fail();
    return { baseUrl };
  }
}
