import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";
import { idArg } from "../../idArg.ts";

const MS_PER_HOUR = 3_600_000;

/** `onsale user token` */
export default class UserToken extends AdminCommand {
  static override summary = "Sign an access token for a user id";
  static override description =
    "Signs with AUTH_JWT_SECRET (the stack's development secret when it is not set). Needs no " +
    "server.";
  static override examples = ["<%= config.bin %> <%= command.id %> 42 --hours 1"];
  static override args = {
    user: idArg("The user's id"),
  };
  static override flags = {
    hours: Flags.integer({
      default: 12,
      min: 1,
      max: 720,
      description:
        "Hours for which the token is valid; the API refuses more than AUTH_TOKEN_LIFETIME_MAX_MS",
    }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(UserToken);
    const { signAccessToken } = await import("../../accessToken.ts");
    const { withSecrets } = await import("../../stackEnvironment.ts");
    const { withSettingFiles } = await import("@onsale/core");
    const env = withSettingFiles(await withSecrets(process.env));
    const ttlMs = flags.hours * MS_PER_HOUR;
    const [audience] = (env.AUTH_AUDIENCE ?? "").split(",").map((part) => part.trim());
    const auth = {
      jwtSecret: env.AUTH_JWT_SECRET,
      oidcIssuer: env.AUTH_OIDC_ISSUER,
      issuer: env.AUTH_ISSUER,
      audience: audience ? [audience] : [],
    };
    const accessToken = signAccessToken(auth, { userId: args.user, ttlMs });
    this.print(accessToken);
    return { userId: args.user, accessToken, expiresInSeconds: ttlMs / 1000 };
  }
}
