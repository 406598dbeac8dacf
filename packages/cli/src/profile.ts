import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { CliError, EXIT } from "./cliError.ts";
import { isSecretVariable } from "./maskSecrets.ts";

/** The allowed names of profiles: a name must not point to a file outside the folder. */
const PROFILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;

/** The folder of the profiles, by the XDG Base Directory Specification. */
export function profileFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CONFIG_HOME ?? join(homedir(), ".config"), "onsale", "profiles");
}

/**
 * Reads the profile NAME.env: settings of one installation, as variables, without secrets.
 * @throws CliError with exit code 3 when the profile does not exist, contains a secret, or names
 *   another server than the environment does
 */
export async function readProfile(
  name: string,
  env: NodeJS.ProcessEnv,
): Promise<NodeJS.ProcessEnv> {
  const path = join(profileFolder(env), `${name}.env`);
  if (!PROFILE_NAME.test(name)) {
    throw refused("PROFILE_NOT_FOUND", `"${name}" is not the name of a profile`, {
      next: "A name is letters, digits, dots, dashes and underscores.",
    });
  }
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw refused("PROFILE_NOT_FOUND", `There is no profile ${name}`, {
      cause,
      next: `Write its settings to ${path}, for example MYSQL_URL=mysql://user@host/onsale`,
    });
  });
  const settings = parseEnv(text);
  for (const [variable, value = ""] of Object.entries(settings)) {
    requireNoSecret(name, variable, value);
    const given = env[variable];
    if (given !== undefined && given !== value && isServer(variable)) {
      throw refused("INSTALLATION_MIXED", `${variable} of the environment is another server`, {
        next: `Unset ${variable}, or leave --profile out.`,
      });
    }
  }
  return settings;
}

const isServer = (variable: string): boolean =>
  variable === "MYSQL_URL" || variable === "REDIS_URL" || variable === "KAFKA_BROKERS";

function requireNoSecret(profile: string, variable: string, value: string): void {
  const hasPassword = URL.canParse(value) && new URL(value).password !== "";
  if (!hasPassword && !isSecretVariable(variable)) return;
  throw refused("PROFILE_HAS_SECRET", `The profile ${profile} has a secret in ${variable}`, {
    next: hasPassword
      ? "Remove the password from the URL and set MYSQL_PASSWORD or REDIS_PASSWORD."
      : `Remove ${variable} from the profile and set it in the environment.`,
  });
}

function refused(
  code: string,
  message: string,
  more: { readonly next: string; readonly cause?: unknown },
): CliError {
  return new CliError(code, message, { ...more, exitCode: EXIT.precondition });
}
