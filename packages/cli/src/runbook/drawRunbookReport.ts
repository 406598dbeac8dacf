import type { RunbookReport } from "@onsale/core";
import { paint } from "../terminal/paint.ts";
import { type Cell, painted, table } from "../terminal/table.ts";

const RESULTS = { already: "true already", done: "done", acknowledged: "acknowledged" } as const;

/** The result of a run, with the next step when it has not ended well. */
export function drawRunbookReport(report: RunbookReport): string {
  const { runbook, status, passed, failedStep, verifications, isRepetition, auditId } = report;
  const rows = passed.map(({ step, result, read }): Cell[] => [
    step,
    painted("green", RESULTS[result]),
    read,
  ]);
  if (failedStep !== undefined) rows.push([failedStep, painted("red", "FAILED"), ""]);
  const head = isRepetition ? "had ended before; nothing was changed now" : status.toLowerCase();
  const lines = [
    `Runbook ${paint("bold", runbook.name)}: ${head}`,
    ...(rows.length === 0 ? [] : [table(["STEP", "RESULT", "READ"], rows)]),
    ...verifications.map(
      ({ claim, holds, read }) =>
        `  ${holds ? paint("green", "verified") : paint("red", "NOT TRUE")}  ${claim} (${read})`,
    ),
    ...nextLines(report),
  ];
  if (auditId !== undefined) lines.push(`Audit record ${auditId}`);
  return lines.join("\n");
}

function nextLines(report: RunbookReport): readonly string[] {
  const { runbook, subject, jobId, status, stopped, failedStep, passed, auditId } = report;
  const command = `onsale runbook run ${runbook.name}`;
  const revert = auditId === undefined ? [] : [`Revert    onsale undo ${auditId}`];
  if (status === "STOPPED") {
    const names = passed.map(({ step }) => step);
    const next = runbook.steps.find(({ name }) => !names.includes(name));
    const isToAcknowledge = next?.kind === "manual" && next.done === undefined;
    const more = isToAcknowledge ? ` --acknowledge ${next.name}` : "";
    return [
      `Reason    ${stopped?.detail ?? stopped?.reason ?? "interrupted"}`,
      `Continue  ${command} --execute --job ${jobId}${more}`,
      ...revert,
    ];
  }
  if (status !== "FAILED") return [];
  const queue = subject === "" ? "" : ` --subject ${subject}`;
  const again = failedStep === undefined ? "" : ` --from-step ${failedStep}`;
  return [
    `Go on     ${command}${queue}${again}`,
    ...revert,
    `Call for help: ${runbook.escalation}`,
  ];
}
