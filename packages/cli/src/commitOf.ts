import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * Returns the short name of a checkout's commit, with `-dirty` when files have changed. Documents
 * do not count: no measurement depends on them, and a study writes its page between two runs.
 * @returns undefined where there is no checkout
 */
export async function commitOf(folder: string): Promise<string | undefined> {
  const git = async (...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)("git", args, { cwd: folder })).stdout.trim();
  try {
    const commit = await git("describe", "--always", "--exclude=*");
    const changed = await git("diff", "--name-only", "HEAD", "--", ":(top)", ":(top,exclude)docs");
    return changed === "" ? commit : `${commit}-dirty`;
  } catch {
    return undefined;
  }
}
