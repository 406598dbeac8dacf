import { isAsDesigned, type ServicesReport } from "@onsale/simulator/services";
import { countText } from "@onsale/simulator/terminal";
import { table } from "../../terminal/table.ts";
import { holdsText, spreadText, worldText } from "./servicesFigures.ts";

/** Formats the study for a terminal. */
export function drawServices(report: ServicesReport): string {
  const { sales, costs, naive, live } = report;
  const ids = sales[0]?.invariants.map(({ id }) => id) ?? [];
  const invariants = ids.map((id) => [
    id,
    ...sales.map(({ invariants: all }) => {
      const found = all.find((one) => one.id === id);
      return found ? holdsText(found) : "-";
    }),
  ]);
  const cost = costs.map((one) => [
    worldText(one),
    spreadText(one.ms),
    ...[one.transactions, one.reads, one.writes, one.messages, one.deliveries].map((value) =>
      value.toFixed(1),
    ),
  ]);
  const planted = naive.map(({ name, failedSeeds, seeds, firstFailed, checks }) => [
    name,
    `${failedSeeds} of ${seeds}`,
    firstFailed === undefined ? "-" : String(firstFailed),
    checks.join(", "),
  ]);
  const servers = live.map(({ isSplit, inFlight, ms, perSecond }) => [
    worldText({ isSplit, hasFaults: false }),
    String(inFlight),
    spreadText(ms),
    countText(perSecond),
  ]);
  const blocks = [
    `Median / 95th percentile / longest\n${table(["", ...sales.map(worldText)], invariants)}`,
    table(["PAYMENT", "TIME", "TRANSACTIONS", "READS", "WRITES", "MESSAGES", "DELIVERIES"], cost),
    table(["LEFT OUT", "FAILED SEEDS", "FIRST", "CHECKS"], planted),
  ];
  if (live.length > 0) {
    blocks.push(table(["ON SERVERS", "IN FLIGHT", "TIME", "PAYMENTS/S"], servers));
  }
  return [...blocks, verdictText(report)].join("\n\n");
}

function verdictText(report: ServicesReport): string {
  const { sales, naive } = report;
  if (isAsDesigned(report)) {
    return "The designed saga passed every check in the end, and every naive split was found.";
  }
  const failed = sales.filter(({ failedSeeds }) => failedSeeds > 0).map(worldText);
  const unseen = naive.filter(({ failedSeeds }) => failedSeeds === 0).map(({ name }) => name);
  const parts = [
    ...(failed.length > 0 ? [`A check failed: ${failed.join(", ")}.`] : []),
    ...(unseen.length > 0 ? [`Not found: ${unseen.join(", ")}.`] : []),
  ];
  return parts.join(" ");
}
