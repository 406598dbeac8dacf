import type { RushResult } from "../rush/rushResult.ts";
import { type Markup, markup } from "./markup.ts";
import { countText, durationText, percentText, spaced } from "./words.ts";

const OUTCOME_WORDS: Readonly<Record<string, string>> = {
  bought: "bought",
  abandoned: "held seats, then lost interest",
  "found-nothing": "found nothing left",
  "always-too-late": "other buyers were always faster",
  "hold-expired": "hold expired before the payment",
  "lost-admission": "lost the admission",
  failed: "failed",
  stopped: "stopped with the rush",
};

/** Maximum number of reasons that the page shows. The JSON has all of them. */
const REASONS_SHOWN_MAX = 5;

/** Draws the outcomes of the sessions as bars. */
export function outcomeBars(result: RushResult): Markup {
  const all = Math.max(1, result.clients.buyers);
  const rows = Object.entries(result.outcomes).sort(([, a], [, b]) => b - a);
  return markup`<table class="outcomes">${rows.map(
    ([
      outcome,
      count,
    ]) => markup`<tr><th scope="row">${OUTCOME_WORDS[outcome] ?? spaced(outcome)}</th>
      <td class="number">${countText(count)}</td>
      <td><i class="${outcome}" style="width: ${((count / all) * 100).toFixed(1)}%"></i></td></tr>`,
  )}</table>${reasons(result)}`;
}

function reasons({ failureReasons }: RushResult): Markup | false {
  const entries = Object.entries(failureReasons).sort(([, a], [, b]) => b - a);
  if (entries.length === 0) return false;
  const shown = entries.slice(0, REASONS_SHOWN_MAX);
  const items = shown.map(([why, count]) => markup`<li>${countText(count)} × ${why}</li>`);
  return markup`<ul>${items}</ul>`;
}

/** A table of refusals (status 4xx) by code, and of failures by kind. */
export function answersTable(result: RushResult): Markup {
  const refusals = Object.entries(result.phases).flatMap(([phase, { refusedByCode }]) =>
    Object.entries(refusedByCode).map(([code, count]) => ({ phase, code, count })),
  );
  const failures = Object.entries(result.requests.failedByKind);
  const { accepted, refused, failed } = result.requests;
  const kinds = failures.map(([kind, count]) => markup`<div>${countText(count)} × ${kind}</div>`);
  const codes = refusals
    .sort((a, b) => b.count - a.count)
    .map(
      ({ phase, code, count }) =>
        markup`<div>${countText(count)} × <code>${code}</code> at ${phase}</div>`,
    );
  const row = (name: string, count: number, details: readonly Markup[], className = "") =>
    markup`<tr class="${className}"><th scope="row">${name}</th>
      <td class="number">${countText(count)}</td><td>${details}</td></tr>`;
  const none = [markup`no 5xx, no timeout, no lost connection`];
  return markup`<table class="answers"><tbody>
    ${row("accepted", accepted, [])}
    ${row("refused", refused, codes)}
    ${failed === 0 ? row("failed", failed, none) : row("failed", failed, kinds, "alarming")}
  </tbody></table>`;
}

/** A table of all settings that are needed to repeat this rush. */
export function runTable(result: RushResult): Markup {
  const { clients, room, machine, load } = result;
  const parties = Object.entries(clients.partySizes).map(([size, share]) => `${size}: ${share}`);
  const servers = result.servers.map(({ name, flavour }) => `${name}: ${flavour}`).join("; ");
  const cpu = `${load.cores} × ${machine.cpu}, ${machine.memoryGb} GB; Node ${machine.node}`;
  const most = `at most ${countText(room.activeCountMax)} active`;
  const rows: readonly (readonly [string, string])[] = [
    ["reproduce", result.command ?? "not started from the command line"],
    ["seed", String(clients.seed)],
    ["arrivals", arrivalWords(result)],
    ["parties", parties.join(", ")],
    ["behaviour", behaviourWords(result)],
    ["waiting room", `${most}, ${countText(room.admissionRatePerMinute)} admissions a minute`],
    ["servers", servers || "unknown"],
    ["machine", `${cpu}; all processes of the run on it`],
    ["run", `${result.runId}, ${result.startedAt}, ${durationText(result.elapsedMs)}`],
  ];
  return markup`<table class="run">${rows.map(
    ([name, value]) =>
      markup`<tr class="${name}"><th scope="row">${name}</th><td>${value}</td></tr>`,
  )}</table>
  <p class="faint">The seed decides when each buyer arrives and what the buyer wants. The
    servers decide who gets a seat, so this differs from run to run.</p>`;
}

function arrivalWords({ clients, arrivals }: RushResult): string {
  const { late, lateAfterMs, latestMs } = arrivals;
  const lateWords = `${countText(late)} started more than ${lateAfterMs} ms late`;
  const atMost = `at most ${durationText(latestMs)}`;
  return `${clients.arrival} over ${clients.durationSeconds} s; ${lateWords} (${atMost})`;
}

function behaviourWords({ clients }: RushResult): string {
  return [
    `think ${clients.thinkMs} ms on average`,
    `${percentText(clients.abandonShare)} abandon`,
    `${percentText(clients.retryShare)} repeat under the same key`,
    `${percentText(clients.chargeShare)} charge before they pay`,
    `seats by Zipf's law, exponent ${clients.zipfExponent}`,
  ].join(", ");
}
