/** True for the counter of a transaction that restarts as the victim of a deadlock. */
export function isDeadlock(name: string, labels: object | undefined): boolean {
  if (name !== "transaction_restarts_total" || !labels) return false;
  return "kind" in labels && labels.kind === "restart";
}
