import type { Runbook } from "@onsale/core";

/** A runbook as plain data, for `--json`. */
export function describeRunbook(runbook: Runbook): object {
  const { diagnosis, preconditions, steps, verification, ...texts } = runbook;
  return {
    ...texts,
    preconditions: preconditions.map(({ claim }) => claim),
    diagnosis: diagnosis.map(({ name, unit, bound, meaning }) => ({ name, unit, bound, meaning })),
    steps: steps.map((step) => ({
      ...{ kind: step.kind, name: step.name, title: step.title },
      operation: step.kind === "operation" ? step.operation.name : undefined,
      instruction: step.kind === "manual" ? step.instruction : undefined,
      until: step.done?.claim,
      withinMs: "withinMs" in step ? step.withinMs : undefined,
      stableMs: step.kind === "wait" ? step.stableMs : undefined,
    })),
    verification: verification.map(({ claim }) => claim),
  };
}
