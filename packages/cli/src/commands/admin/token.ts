import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";
import { CliError, EXIT } from "../../cliError.ts";

const MS_PER_HOUR = 3_600_000;

/** `onsale admin token` */
export default class AdminToken extends AdminCommand {
  static override summary = "Sign a token for the admin endpoints";
  static override description =
    "Signs with ADMIN_JWT_SECRET (the stack's development secret when it is not set). Needs no " +
    "server. The audit records name the operator of the token.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> --name mina",
    {
      description: "Keep the token in a shell variable",
      command: "TOKEN=$(<%= config.bin %> <%= command.id %> --name mina --hours 1 --quiet)",
    },
  ];
  static override flags = {
    name: Flags.string({ required: true, description: "Name of the operator" }),
    role: Flags.option({
      options: ["viewer", "operator"] as const,
      default: "operator" as const,
      description: "viewer: reads; operator: also plans and executes",
    })(),
    hours: Flags.integer({
      default: 8,
      min: 1,
      max: 720,
      description: "Hours for which the token is valid",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(AdminToken);
    const { signAdminToken } = await import("@onsale/api/admin-token");
    const { withSecrets } = await import("../../stackEnvironment.ts");
    const { withSettingFiles } = await import("@onsale/core");
    const { ADMIN_JWT_SECRET: secret } = withSettingFiles(await withSecrets(process.env));
    if (secret === undefined) {
      throw new CliError("NO_SIGNING_SECRET", "Admin tokens need a secret of their own", {
        exitCode: EXIT.precondition,
        next: "Set ADMIN_JWT_SECRET to the secret of the API, 32 or more characters.",
      });
    }
    const { name: operator, role, hours } = flags;
    const ttlMs = hours * MS_PER_HOUR;
    const adminToken = signAdminToken(secret, { operator, role, ttlMs });
    this.say(`${role} ${operator}; the token is valid for ${hours} h:`);
    this.print(adminToken);
    return { operator, role, adminToken, expiresInSeconds: ttlMs / 1000 };
  }
}
