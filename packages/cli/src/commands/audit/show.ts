import { AdminCommand } from "../../adminCommand.ts";
import { idArg } from "../../idArg.ts";

/** `onsale audit show` */
export default class AuditShow extends AdminCommand {
  static override summary = "Show one change: who, why, and the state before and after";
  static override examples = ["<%= config.bin %> <%= command.id %> 17"];
  static override args = { audit: idArg("Id of the audit record") };

  async run(): Promise<unknown> {
    const { args } = await this.parse(AuditShow);
    const { AuditRecordNotFoundError } = await import("@onsale/core");
    const { drawAuditRecord } = await import("../../operation/drawAudit.ts");
    return this.withCore(async (core) => {
      const record = await core.operations.findAudit(null, args.audit);
      if (!record) throw new AuditRecordNotFoundError(args.audit);
      this.print(drawAuditRecord(record));
      return record;
    });
  }
}
