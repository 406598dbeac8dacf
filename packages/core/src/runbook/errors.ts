import { CoreError } from "../shared/errors.ts";
import type { Check, Reading, Runbook } from "./runbook.ts";

export class RunbookNotFoundError extends CoreError {
  readonly code = "RUNBOOK_NOT_FOUND";
  constructor(runbook: string) {
    super(`There is no runbook "${runbook}"`, { runbook });
  }
}

/** The runbook does not fit the present state. Nothing was changed. */
export class RunbookPreconditionError extends CoreError {
  readonly code = "RUNBOOK_PRECONDITION";
  constructor({ name }: Runbook, { claim }: Check, { read }: Reading) {
    super(`The runbook ${name} needs that ${claim}; read: ${read}`, { runbook: name, claim, read });
  }
}
