import type { RushResult } from "../rush/rushResult.ts";
import { type Markup, markup } from "./markup.ts";
import { countText, durationText, percentText, spaced } from "./words.ts";

const OUTCOME_WORDS: Readonly<Record<string, string>> = {
  bought: "bought",
  abandoned: "held seats, then lost interest",
  "found-nothing": "found nothing left",
  "always-too-late": "always beaten to the seat",
  "hold-expired": "hold ran out before the payment",
  "lost-turn": "lost the turn",
  failed: "failed",
  stopped: "stopped with the rush",
};

/** How the buyers' ways ended, as bars. */
export function outcomeBars(result: RushResult): Markup {
  const all = Math.max(1, result.crowd.buyers);
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
  return markup`<ul>${entries.slice(0, 5).map(([why, count]) => markup`<li>${countText(count)} × ${why}</li>`)}</ul>`;
}

/** Refusals by code, which are answers, and failures by kind, which are not. */
export function answersTable(result: RushResult): Markup {
  const refusals = Object.entries(result.phases).flatMap(([phase, { refusedByCode }]) =>
    Object.entries(refusedByCode).map(([code, count]) => ({ phase, code, count })),
  );
  const failures = Object.entries(result.requests.failedByKind);
  const { accepted, refused, failed } = result.requests;
  return markup`<table class="answers"><tbody>
    <tr><th scope="row">accepted</th><td class="number">${countText(accepted)}</td><td></td></tr>
    <tr><th scope="row">refused</th><td class="number">${countText(refused)}</td><td>
      ${refusals
        .sort((a, b) => b.count - a.count)
        .map(
          ({ phase, code, count }) =>
            markup`<div>${countText(count)} × <code>${code}</code> at ${phase}</div>`,
        )}</td></tr>
    <tr class="${failed > 0 ? "alarming" : ""}"><th scope="row">failed</th><td class="number">${countText(failed)}</td><td>
      ${failures.length === 0 && "no 5xx, no timeout, no lost connection"}
      ${failures.map(([kind, count]) => markup`<div>${countText(count)} × ${kind}</div>`)}</td></tr>
  </tbody></table>`;
}

/** Everything that one needs to see this rush again. */
export function runTable(result: RushResult): Markup {
  const { crowd, room, machine, load, arrivals } = result;
  const parties = Object.entries(crowd.partySizes).map(([size, share]) => `${size}: ${share}`);
  const rows: readonly (readonly [string, Markup | string])[] = [
    ["reproduce", markup`<code>${result.command ?? "not started from the command line"}</code>`],
    ["seed", String(crowd.seed)],
    [
      "arrivals",
      `${crowd.arrival} over ${crowd.durationSeconds} s; ${countText(arrivals.late)} started more than ${arrivals.lateAfterMs} ms late, the latest by ${durationText(arrivals.latestMs)}`,
    ],
    ["parties", parties.join(", ")],
    [
      "behaviour",
      `think ${crowd.thinkMs} ms on average; ${percentText(crowd.abandonShare)} abandon, ${percentText(crowd.retryShare)} repeat under the same key, ${percentText(crowd.chargeShare)} charge before they pay; Zipf ${crowd.zipfExponent}`,
    ],
    [
      "waiting room",
      `at most ${countText(room.activeCountMax)} active, ${countText(room.admissionRatePerMinute)} admissions a minute`,
    ],
    [
      "servers",
      result.servers.map(({ name, flavour }) => `${name}: ${flavour}`).join("; ") || "not told",
    ],
    [
      "machine",
      `${load.cores} × ${machine.cpu}, ${machine.memoryGb} GB; Node ${machine.node}; all processes of the run on it`,
    ],
    ["run", `${result.runId}, ${result.startedAt}, ${durationText(result.elapsedMs)}`],
  ];
  return markup`<table class="run">${rows.map(
    ([name, value]) => markup`<tr><th scope="row">${name}</th><td>${value}</td></tr>`,
  )}</table>
  <p class="faint">The seed fixes arrivals and every buyer's wishes. Who wins a seat is decided by real servers and differs from run to run.</p>`;
}
