import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readSourceFiles } from "../checks/sourceFiles.ts";
import { type ConsoleBlock, consoleBlocksOf } from "./consoleBlocks.ts";
import { DEVSTACK_NAME, runBlock } from "./runBlock.ts";

const USAGE = `Runs the console blocks of the documents and compares their output with the pages.

  pnpm docs:run                       every page, without the blocks that take minutes
  pnpm docs:run --long README.md      the pages with this path prefix, and the long blocks

Before the run, scripts/setup must have finished, port 8080 must be free, and no other run may be
active. Exit code 1 when a block fails, 2 when no page has this prefix or the usage is wrong.
`;

const EXIT_USAGE = 2;

const rootDir = join(import.meta.dirname, "../..");

function selectedBlocks(prefixes: readonly string[]): ConsoleBlock[] {
  return readSourceFiles(rootDir)
    .filter(({ path }) => path.endsWith(".md"))
    .filter(({ path }) => prefixes.length === 0 || prefixes.some((p) => path.startsWith(p)))
    .flatMap(consoleBlocksOf);
}

function reasonToSkip({ mode }: ConsoleBlock, withLong: boolean): string | undefined {
  if (mode.kind === "no") return mode.reason;
  return mode.kind === "run" && mode.isLong && !withLong ? "takes minutes; --long" : undefined;
}

/** Stops the servers that a failed block left behind between its `stack up` and `stack down`. */
function stopServers(): void {
  const main = join(rootDir, "packages/devstack/src/main.ts");
  const words = [main, "down", "--name", DEVSTACK_NAME, "--wipe"];
  execFileSync(process.execPath, words, { cwd: rootDir, stdio: "ignore" });
}

const options = {
  long: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

function readCommandLine() {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(problem: string): never {
  process.stderr.write(`${problem}\n\n${USAGE}`);
  process.exit(EXIT_USAGE);
}

async function main(): Promise<void> {
  const { values, positionals } = readCommandLine();
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const blocks = selectedBlocks(positionals);
  if (blocks.length === 0) refuse(`No console block is in a page ${positionals.join(" or ")}`);
  const counts = { passed: 0, failed: 0, notRun: 0 };
  for (const block of blocks) {
    const at = `${block.path}:${block.line}  $ ${block.commands[0]}`;
    const reason = reasonToSkip(block, values.long);
    if (reason !== undefined) {
      counts.notRun += 1;
      console.log(`not run  ${at} (${reason})`);
      continue;
    }
    const failure = await runBlock(block, rootDir);
    counts[failure === undefined ? "passed" : "failed"] += 1;
    console.log(failure === undefined ? `ok       ${at}` : `FAILED   ${at}\n${failure}`);
  }
  stopServers();
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.notRun} not run`);
  if (counts.failed > 0) process.exitCode = 1;
}

await main();
