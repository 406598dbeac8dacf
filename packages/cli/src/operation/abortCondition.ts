import type { AbortCondition, AbortReading, CoreContext } from "@onsale/core";
import { InvalidInputError, parseAbortCondition, readAbortCondition } from "@onsale/core";
import { CliError, EXIT } from "../cliError.ts";

/** The conditions of --abort-if. */
export interface AbortConditions {
  /** Reads every condition, in the order of the command line. */
  read(): Promise<readonly AbortReading[]>;
  /** @returns the first condition that holds, with its figure */
  check(): Promise<string | undefined>;
}

/** @throws CliError for a text that is not a condition */
export function abortConditions(core: CoreContext, texts: readonly string[] = []): AbortConditions {
  const conditions = texts.map(conditionOf);
  return {
    read: () => Promise.all(conditions.map((condition) => readAbortCondition(core, condition))),
    async check() {
      for (const condition of conditions) {
        const { text, holds, read } = await readAbortCondition(core, condition);
        if (holds) return `${text}: ${read}`;
      }
      return undefined;
    },
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
