import { untilCtrlD } from "../terminal/promptEnd.ts";
import { visible } from "../terminal/visible.ts";
import type { PermissionQuestions } from "./withPermission.ts";

/** Asks on stderr, so that stdout has only data. @param signal ends a prompt without an answer */
export function permissionPrompts(signal: AbortSignal): PermissionQuestions {
  const ask = async (
    message: string,
    validate: (answer: string) => true | string,
  ): Promise<string> => {
    const { default: input } = await import("@inquirer/input");
    return untilCtrlD(signal, (ending) =>
      input({ message, validate }, { output: process.stderr, signal: ending }),
    );
  };
  return {
    confirmation: (name) =>
      ask(
        `This change is dangerous. Type ${visible(name)} to confirm it:`,
        (answer) => answer === name || `Type ${visible(name)}, or press Ctrl-C to leave.`,
      ),
    reason: () =>
      ask(
        "Reason, for the audit record:",
        (answer) => answer.trim() !== "" || "Give a reason, or press Ctrl-C to leave.",
      ),
  };
}
