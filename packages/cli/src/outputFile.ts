import { constants } from "node:fs";
import { access, mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CliError, EXIT } from "./cliError.ts";
import { requireCheckout } from "./productEntry.ts";

/** The name that means stdout instead of a file. */
export const STDOUT = "-";

/** Returns true when the words of a command, whose `--json` names a file, name stdout there. */
export function jsonIsOnStdout(words: readonly string[]): boolean {
  return words.some((word, at) => {
    return word === `--json=${STDOUT}` || (word === "--json" && words[at + 1] === STDOUT);
  });
}

const OTHER_FILE = "Name another file, or one in a folder that you may write to.";
/** The files that each page of a study has. */
const PAGE_FILES = ["figures.json", "README.md"] as const;

/**
 * Checks before a measurement of minutes that its page can be written.
 * @param folder the folder of the page, whose name ends with a slash
 * @throws CliError with exit code 3 when the page cannot be written, 2 in an installed package
 */
export async function preparePage(folder: URL): Promise<void> {
  requireCheckout("--page");
  for (const name of PAGE_FILES) {
    const file = fileURLToPath(new URL(name, folder));
    await prepareOutputFile(file, "Allow this user to write it, or leave --page out.");
  }
}

/**
 * Checks before a long run that its output file can be written. Creates the folder, but not the
 * file: a program that waits for the file could otherwise read an empty one.
 * @throws CliError with exit code 3 when the file cannot be written
 */
export async function prepareOutputFile(path: string, next = OTHER_FILE): Promise<void> {
  const file = resolve(path);
  const folder = dirname(file);
  try {
    await mkdir(folder, { recursive: true });
    const known = await stat(file).catch(() => undefined);
    if (known?.isDirectory()) throw new Error("It is a folder.");
    await access(known === undefined ? folder : file, constants.W_OK);
  } catch (cause) {
    throw new CliError("FILE_UNWRITABLE", `Nothing can be written to ${file}`, {
      exitCode: EXIT.precondition,
      cause,
      next,
    });
  }
}

/**
 * Writes the file. Creates the folder when it is missing.
 * @throws CliError when the file cannot be written, such as on a full device
 */
export async function writeOutputFile(path: string, text: string): Promise<void> {
  await prepareOutputFile(path);
  const file = resolve(path);
  await writeFile(file, text).catch((cause: unknown) => {
    const next = "Make room on its device, or name another file.";
    throw new CliError("FILE_UNWRITABLE", `${file} cannot be written completely`, { cause, next });
  });
}
