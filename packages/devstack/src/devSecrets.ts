import { createHmac, randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { stackDirOf } from "./stackState.ts";
import type { StackOptions } from "./types.ts";

const secretsSchema = z.object({
  QUEUE_TOKEN_KEYS: z.string().min(1),
  AUTH_JWT_SECRET: z.string().min(1),
});

/**
 * The secrets of a stack, as environment variables. The stack's processes sign and verify tokens.
 */
export type DevSecrets = z.infer<typeof secretsSchema> & {
  /** Derived from the other secrets, so that stacks of an earlier version have this secret too. */
  readonly ADMIN_JWT_SECRET: string;
};

/** HS256 requires a key at least as long as its digest (RFC 7518, 3.2). */
const SECRET_BYTES = 32;

/**
 * Returns the random secrets of a stack. The first call creates the secrets in `secrets.json` of
 * the stack's folder with mode 0600. Every later call, in any process, returns the same secrets.
 * @param stack default: the default stack
 */
export async function devSecrets(
  stack: Pick<StackOptions, "rootDir" | "name"> = {},
): Promise<DevSecrets> {
  const stackDir = stackDirOf(stack);
  const path = join(stackDir, "secrets.json");
  const kept = await readSecrets(path);
  if (kept !== undefined) return kept;
  await mkdir(stackDir, { recursive: true });
  const draft = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  await writeFile(draft, `${JSON.stringify(newSecrets(), null, 2)}\n`, { mode: 0o600 });
  try {
    // A link, unlike a rename, fails when another process has already created the file.
    await link(draft, path);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const made = await readSecrets(path);
  if (made === undefined)
    throw new Error(`${path} disappeared while it was being created; run the command again`);
  return made;
}

function newSecrets(): z.infer<typeof secretsSchema> {
  const secret = () => randomBytes(SECRET_BYTES).toString("base64url");
  return { QUEUE_TOKEN_KEYS: `dev:${secret()}`, AUTH_JWT_SECRET: secret() };
}

async function readSecrets(path: string): Promise<DevSecrets | undefined> {
  try {
    const kept = secretsSchema.parse(JSON.parse(await readFile(path, "utf8")));
    const admin = createHmac("sha256", kept.AUTH_JWT_SECRET).update("admin tokens");
    return { ...kept, ADMIN_JWT_SECRET: admin.digest("base64url") };
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw new Error(`${path} cannot be read; delete it to get new secrets`, { cause: error });
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
