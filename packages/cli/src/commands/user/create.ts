import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";

const MS_PER_HOUR = 3_600_000;

/** `onsale user create` */
export default class UserCreate extends AdminCommand {
  static override summary = "Create a user and print an access token";
  static override description =
    "For development: in production another system knows the users, and its tokens are verified " +
    "through AUTH_JWKS_URL.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> --name Ada",
    {
      description: "Keep the token in a shell variable",
      command: "TOKEN=$(<%= config.bin %> <%= command.id %> --name Ada --quiet)",
    },
  ];
  static override flags = {
    name: Flags.string({ required: true, description: "Name of the user" }),
    hours: Flags.integer({
      default: 12,
      min: 1,
      max: 720,
      description: "Hours for which the token is valid",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(UserCreate);
    const { createUser } = await import("@onsale/core");
    const { signAccessToken } = await import("../../accessToken.ts");
    return this.withCore(async (core, config) => {
      const { userId } = await createUser(core, { name: flags.name });
      const ttlMs = flags.hours * MS_PER_HOUR;
      const accessToken = signAccessToken(config.auth, { userId, ttlMs });
      this.say(`User ${userId} (${flags.name}); the token is valid for ${flags.hours} h:`);
      this.print(accessToken);
      return { userId, accessToken, expiresInSeconds: ttlMs / 1000 };
    });
  }
}
