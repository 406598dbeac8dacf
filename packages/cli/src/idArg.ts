import { Args } from "@oclif/core";
import { CliError, EXIT } from "./cliError.ts";

const DECIMAL = /^[1-9]\d*$/;

async function parseId(text: string): Promise<number> {
  const id = Number(text);
  if (DECIMAL.test(text) && Number.isSafeInteger(id)) return id;
  throw new CliError("USAGE", `An id must be a whole number from 1 to 2^53 - 1, not: ${text}`, {
    exitCode: EXIT.usage,
    next: "Add --help to see the usage.",
  });
}

/**
 * Defines a required id argument. oclif's own integer type accepts ids that a JavaScript number
 * cannot represent exactly, and its errors about an argument look like bugs of this program.
 */
export const idArg = (description: string) =>
  Args.custom<number>({ parse: parseId })({ required: true, description });

/** Defines an id argument that can be left out. */
export const optionalIdArg = (description: string) =>
  Args.custom<number>({ parse: parseId })({ description });
