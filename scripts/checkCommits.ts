/**
 * Checks commit messages: `node scripts/checkCommits.ts origin/main..HEAD`, or, as the hook in
 * scripts/hooks does, `node scripts/checkCommits.ts --message FILE`.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { type Commit, commitFaults, withoutComments } from "./checks/commitRules.ts";

const [first, file] = process.argv.slice(2);
const usage = "Usage: node scripts/checkCommits.ts RANGE | --message FILE\n";

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
}

/**
 * At the first push of a branch, GitHub reports an old commit of only zeros. Then only the last
 * commit is checked.
 */
function revisionsOf(range: string): readonly string[] {
  const [before = "", after = "HEAD"] = range.split("..");
  return /^0*$/.test(before) ? ["-n", "1", after] : [range];
}

function commitsIn(range: string): readonly Commit[] {
  const log = git("log", "--format=%h%x1f%P%x1f%B%x1e", ...revisionsOf(range), "--");
  return log
    .split("\x1e")
    .map((record) => record.trim())
    .filter((record) => record !== "")
    .map((record) => {
      const [id = "", parents = "", message = ""] = record.split("\x1f");
      return {
        id,
        message: message.trim(),
        parentCount: parents.split(" ").filter(Boolean).length,
      };
    });
}

function check(commits: readonly Commit[]): number {
  let faultCount = 0;
  for (const commit of commits) {
    for (const fault of commitFaults(commit)) {
      faultCount += 1;
      process.stderr.write(`${commit.id} ${fault}\n`);
    }
  }
  process.stdout.write(`checkCommits: ${commits.length} messages, ${faultCount} findings\n`);
  return faultCount > 0 ? 1 : 0;
}

if (first === "--message" && file !== undefined) {
  const message = withoutComments(readFileSync(file, "utf8"));
  process.exitCode = check([{ id: "The message", message, parentCount: 1 }]);
} else if (first?.includes("..")) {
  process.exitCode = check(commitsIn(first));
} else {
  process.stderr.write(usage);
  process.exitCode = 2;
}
