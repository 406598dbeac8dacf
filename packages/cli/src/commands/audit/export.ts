import { AdminCommand } from "../../adminCommand.ts";

const PAGE_MAX = 500;

/** `onsale audit export` */
export default class AuditExport extends AdminCommand {
  static override summary =
    "Write all audit records to stdout, one JSON object per line, newest first";
  static override examples = ["<%= config.bin %> <%= command.id %> > audit.jsonl"];
  static override enableJsonFlag = false;

  async run(): Promise<void> {
    await this.parse(AuditExport);
    await this.withCore(async (core) => {
      let beforeId: number | undefined;
      for (;;) {
        const records = await core.operations.listAudit(null, { beforeId, max: PAGE_MAX });
        for (const record of records) this.print(JSON.stringify(record));
        beforeId = records.at(-1)?.id;
        if (records.length < PAGE_MAX) return;
      }
    });
  }
}
