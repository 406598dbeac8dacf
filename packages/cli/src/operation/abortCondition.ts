import type { AbortCondition, CoreContext } from "@onsale/core";
import { checkAbortCondition, InvalidInputError, parseAbortCondition } from "@onsale/core";
import { CliError, EXIT } from "../cliError.ts";

/**
 * Reads the conditions of --abort-if.
 * @returns a function that returns the first true condition with its figure
 * @throws CliError for a text that is not a condition
 */
export function abortCondition(
  core: CoreContext,
  texts: readonly string[],
): (() => Promise<string | undefined>) | undefined {
  if (texts.length === 0) return undefined;
  const conditions = texts.map(conditionOf);
  return async () => {
    for (const condition of conditions) {
      const found = await checkAbortCondition(core, condition);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

function conditionOf(text: string): AbortCondition {
  try {
    return parseAbortCondition(text);
  } catch (cause) {
    if (!(cause instanceof InvalidInputError)) throw cause;
    throw new CliError("USAGE", `--abort-if: ${cause.message}`, {
      exitCode: EXIT.usage,
      next: "Write for example --abort-if 'outbox.oldest>30s'.",
    });
  }
}
