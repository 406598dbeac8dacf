import type { CoreContext } from "@onsale/core";
import { checkAbortCondition, parseAbortCondition } from "@onsale/core";

/**
 * Reads the conditions of --abort-if.
 * @returns a function that returns the first true condition with its figure
 * @throws InvalidInputError for a text that is not a condition
 */
export function abortCondition(
  core: CoreContext,
  texts: readonly string[],
): (() => Promise<string | undefined>) | undefined {
  if (texts.length === 0) return undefined;
  const conditions = texts.map(parseAbortCondition);
  return async () => {
    for (const condition of conditions) {
      const found = await checkAbortCondition(core, condition);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}
