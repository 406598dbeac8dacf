import {
  ageBoundsMs,
  type CachingReport,
  cachedReadTitles,
  cachingProblems,
} from "@onsale/simulator/study";
import { table } from "../../terminal/table.ts";
import {
  countText,
  machineText,
  msText,
  quantile,
  SOURCE_TITLES,
  statementsText,
  usersText,
} from "./cachingFigures.ts";

const LOAD_HEAD = ["READ", "USERS", "CACHE", "OK/S", "REFUSED/S", "AVERAGE", "P95", "API", "MYSQL"];

/** Formats the study for a terminal. */
export function drawCaching(report: CachingReport): string {
  const sources = report.sources.map(({ read, source, ms }) => [
    ...[cachedReadTitles[read], SOURCE_TITLES[source]],
    ...[ms.mean, ms.p50, ms.p95, ms.p99].map(msText),
  ]);
  const load = report.load.flatMap((step) =>
    Object.entries({ off: step.off, on: step.on }).map(([name, side]) => [
      ...[cachedReadTitles[step.read], usersText(step), name],
      ...[side.acceptedPerSecond, side.refusedPerSecond].map(({ median }) => countText(median)),
      ...[side.ms.mean, side.ms.p95].map(({ median }) => msText(median)),
      ...[side.cpuUs.api, side.cpuUs.mysql].map((us) => (us === undefined ? "-" : countText(us))),
    ]),
  );
  const stampede = report.stampede.map((one) => [
    ...[cachedReadTitles[one.read], countText(one.buyers), one.isCached ? "on" : "off"],
    ...[statementsText(one), one.isCached ? countText(one.statementsMax) : "-"],
    msText(one.elapsedMs.median),
  ]);
  const ages = report.staleness.map(({ read, process, agesMs, slowestMs }) => [
    ...[cachedReadTitles[read], process, msText(quantile(agesMs, 0.5))],
    ...[msText(Math.max(...agesMs)), msText(ageBoundsMs[read]), msText(slowestMs)],
  ]);
  return [
    machineText(report),
    `One request at a time\n${table(["READ", "ANSWER", "AVERAGE", "P50", "P95", "P99"], sources)}`,
    `Many users; CPU of a request, us\n${table(LOAD_HEAD, load)}`,
    "All buyers at the moment when every copy has ended: statements that reached MySQL\n" +
      table(["READ", "BUYERS", "CACHE", "STATEMENTS", "AT MOST", "TIME"], stampede),
    "Age of an answer after a write\n" +
      table(["READ", "PROCESS", "MEDIAN", "MAX", "BOUND", "SLOWEST ANSWER"], ages),
    transactionsText(report),
    verdictText(report),
  ].join("\n\n");
}

/** The outcome of the rolled-back and the committed writes. */
export function transactionsText({ transactions }: CachingReport): string {
  const { rolledBack, committed, answers, seenUncommitted, agesMs } = transactions;
  const { loadsAroundRollback, loadsWithoutWrite } = transactions;
  return (
    `${rolledBack} writes rolled back and ${committed} committed: ${seenUncommitted} of ` +
    `${countText(answers)} answers had a value that was not committed; ${loadsAroundRollback} ` +
    `loads around the rollbacks, ${loadsWithoutWrite} in as much time without a write; a ` +
    `committed write was seen after at most ${msText(Math.max(0, ...agesMs))}.`
  );
}

/** The broken promises, or that every promise held. */
export function verdictText(report: CachingReport): string {
  const { checked } = report.invariants;
  const problems = cachingProblems(report);
  if (problems.length > 0) return `Not as stated: ${problems.join("; ")}.`;
  return `Every answer was as fresh as stated; all ${checked} invariants held.`;
}
