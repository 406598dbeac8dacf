import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * Returns the short name of a checkout's commit, with `-dirty` when files have changed.
 * @returns undefined where there is no checkout
 */
export async function commitOf(folder: string): Promise<string | undefined> {
  const git = promisify(execFile);
  const args = ["describe", "--always", "--dirty", "--exclude=*"];
  const described = await git("git", args, { cwd: folder }).catch(() => undefined);
  return described?.stdout.trim();
}
