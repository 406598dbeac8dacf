import { type RunbookEvent, type RunbookHandlers, secondsText } from "@onsale/core";
import { visible } from "../terminal/visible.ts";

/**
 * Shows the progress and the instructions of a run.
 * @param acknowledged names of the manual steps that the operator has done
 */
export function terminalHandlers(
  say: (line: string) => void,
  acknowledged: readonly string[],
): RunbookHandlers {
  return {
    async manual({ step }) {
      const { name, title, instruction, done, withinMs } = step;
      const isAcknowledged = acknowledged.includes(name);
      if (!done && isAcknowledged) return true;
      say(`\n${title}:\n  ${instruction}`);
      if (done) say(`  Waiting up to ${secondsText(withinMs)} until ${done.claim}.\n`);
      return isAcknowledged;
    },
    onEvent(event) {
      const line = lineOf(event);
      if (line !== undefined) say(visible(line));
    },
  };
}

function lineOf({ step, point, read }: RunbookEvent): string | undefined {
  if (point === "reached") return `${step} ...`;
  if (point === "passed") return `${step}: done (${read})`;
  if (point === "failed") return `${step}: FAILED (${read})`;
  return undefined;
}
