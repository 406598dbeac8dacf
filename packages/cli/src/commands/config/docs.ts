import { AdminCommand } from "../../adminCommand.ts";

/** `onsale config docs` */
export default class ConfigDocs extends AdminCommand {
  static override summary = "Print every environment variable as a Markdown page";
  static override examples = [
    "<%= config.bin %> <%= command.id %> > docs/reference/CONFIGURATION.md",
  ];

  async run(): Promise<unknown> {
    await this.parse(ConfigDocs);
    const { describeSettings } = await import("@onsale/core");
    const { configurationPage } = await import("../../configurationPage.ts");
    const settings = describeSettings();
    this.print(configurationPage(settings).trimEnd());
    return { settings };
  }
}
