import { Args } from "@oclif/core";
import { CliError, EXIT } from "./cliError.ts";

const DECIMAL = /^[1-9]\d*$/;

/**
 * A required id on the command line. oclif's own integer takes ids beyond exact counting, and its
 * refusals of an argument look like a mistake of ours.
 */
export const idArg = (description: string) =>
  Args.custom<number>({
    async parse(text) {
      const id = Number(text);
      if (DECIMAL.test(text) && Number.isSafeInteger(id)) return id;
      throw new CliError("USAGE", `An id is a whole number from 1 to 2^53 - 1, not: ${text}`, {
        exitCode: EXIT.usage,
        next: "Add --help to see the usage.",
      });
    },
  })({ required: true, description });
