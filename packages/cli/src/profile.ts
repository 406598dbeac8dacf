import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { CliError, EXIT } from "./cliError.ts";
import { isSecretVariable } from "./maskSecrets.ts";

/** The allowed names of profiles: a name must not point to a file outside the folder. */
const PROFILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;

const SERVERS = ["MYSQL_URL", "REDIS_URL", "KAFKA_BROKERS"] as const;
const isServer = (variable: string): boolean => SERVERS.some((name) => name === variable);

/** A URL with a password; it may name several hosts. */
const PASSWORD_IN_URL = /^[a-z+-]+:\/\/[^/?#@]*:[^/?#]+@/i;

/** Maximum size of a profile: many times the size of all settings together. */
const PROFILE_BYTES_MAX = 65_536;

/** The folder of the profiles, by the XDG Base Directory Specification. */
export function profileFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CONFIG_HOME ?? join(homedir(), ".config"), "onsale", "profiles");
}

/**
 * Reads the profile NAME.env: settings of one installation, as variables, without secrets.
 * @throws CliError with exit code 3 when the profile does not exist or cannot be read, contains a
 *   secret, names a server twice, or names another server than the environment does
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
  const text = await readText(name, path);
  requireOnce(name, text);
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

/** @throws CliError */
async function readText(name: string, path: string): Promise<string> {
  const { O_RDONLY, O_NONBLOCK } = constants;
  try {
    // Without O_NONBLOCK, a named pipe blocks until a program writes to it.
    const file = await open(path, O_RDONLY | O_NONBLOCK);
    return await readSmall(file).finally(() => file.close());
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") {
      throw refused("PROFILE_NOT_FOUND", `There is no profile ${name}`, {
        cause,
        next: `Write its settings to ${path}, for example MYSQL_URL=mysql://user@host/onsale`,
      });
    }
    throw refused("PROFILE_UNREADABLE", `The profile ${name} cannot be read`, {
      cause,
      next: `Look at ${path}: it must be a text file that you may read.`,
    });
  }
}

/** @throws Error for a folder, a pipe, a device or a large file */
async function readSmall(file: FileHandle): Promise<string> {
  const stats = await file.stat();
  if (!stats.isFile()) throw new Error("it is not a file");
  if (stats.size > PROFILE_BYTES_MAX) {
    throw new Error(`it has ${stats.size} bytes, and ${PROFILE_BYTES_MAX} are the most`);
  }
  return (await file.readFile("utf8")).replace(/^\uFEFF/, "");
}

/** @throws CliError when the profile names a server twice, because the last one would win */
function requireOnce(name: string, text: string): void {
  for (const variable of SERVERS) {
    const lines = text.match(new RegExp(`^[ \\t]*(?:export[ \\t]+)?${variable}[ \\t]*=`, "gm"));
    if ((lines?.length ?? 0) < 2) continue;
    throw refused("INSTALLATION_MIXED", `The profile ${name} names ${variable} twice`, {
      next: `Remove one of the lines with ${variable}.`,
    });
  }
}

function requireNoSecret(profile: string, variable: string, value: string): void {
  const hasPassword = PASSWORD_IN_URL.test(value);
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
