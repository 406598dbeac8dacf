import { rollBackOperation } from "../runbook/rollBackOperation.ts";
import { runbookOperation } from "../runbook/runbookOperation.ts";
import { CHANGE_OPERATIONS } from "./changeOperations.ts";
import { OperationNotFoundError } from "./errors.ts";
import type { AnyOperation } from "./operation.ts";

/** Every operation, for the CLI and the admin endpoints. */
export const OPERATIONS: readonly AnyOperation[] = [
  ...CHANGE_OPERATIONS,
  runbookOperation(),
  rollBackOperation,
];

/** @throws OperationNotFoundError */
export function findOperation(name: string): AnyOperation {
  const found = OPERATIONS.find((operation) => operation.name === name);
  if (!found) throw new OperationNotFoundError(name);
  return found;
}
