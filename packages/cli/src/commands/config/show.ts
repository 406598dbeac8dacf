import { AdminCommand } from "../../adminCommand.ts";

const SOURCES = {
  environment: "Servers come from the environment.",
  devstack: "Servers come from the devstack.",
  embedded: "There are no servers: STACK=embedded keeps everything in one process's memory.",
} as const;

/** `onsale config show` */
export default class ConfigShow extends AdminCommand {
  static override summary = "Show the settings in force, secrets masked";
  static override description =
    "Reads the environment the way every process does, with the devstack's servers where the " +
    "environment names none. docs/reference/CONFIGURATION.md lists every variable.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "HOLD_TTL_MS=60000 <%= config.bin %> <%= command.id %> --json",
  ];

  async run(): Promise<unknown> {
    await this.parse(ConfigShow);
    const { describeSettings, misspelledVariables, readConfig } = await import("@onsale/core");
    const { isEmbedded, serverEnvironment } = await import("../../stackEnvironment.ts");
    const { flattenSettings, maskSecrets } = await import("../../maskSecrets.ts");
    const { table } = await import("../../terminal/table.ts");
    const { env, source } = isEmbedded()
      ? { env: process.env, source: "embedded" as const }
      : await serverEnvironment();
    const settings = maskSecrets(readConfig(env));
    this.say(SOURCES[source]);
    const misspelled = misspelledVariables(env);
    for (const { name, setting } of misspelled) {
      this.say(`${name} is not a setting and has no effect; did you mean ${setting}?`);
    }
    const variables = new Map(describeSettings().map(({ path, name }) => [path, name]));
    const rows = flattenSettings(settings).map(([path, value]) => [
      path,
      variables.get(path) ?? "",
      value,
    ]);
    this.print(table(["SETTING", "VARIABLE", "VALUE"], rows));
    return { source, settings, misspelled };
  }
}
