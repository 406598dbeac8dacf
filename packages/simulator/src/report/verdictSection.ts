import type { RushResult } from "../rush/rushResult.ts";
import { type Markup, markup } from "./markup.ts";
import { countText, durationText, percentText, plural } from "./words.ts";

/** Maximum number of violations of a rule that the report shows. The JSON has all of them. */
const VIOLATIONS_SHOWN_MAX = 5;

/** The verdict in one sentence. */
export function headline(result: RushResult): string {
  const { verdict } = result;
  if (!verdict.given) return "The rush was ended early: no verdict";
  if (!verdict.tested) return "Nothing was tested: the API accepted no request";
  if (verdict.holds) return "Every invariant held";
  const broken = verdict.invariants.filter((one) => !one.holds).length;
  if (broken > 0) return `${plural(broken, "invariant was", "invariants were")} broken`;
  if (verdict.mismatches.length > 0) return "Repeated requests were answered differently";
  const errors = verdict.internalErrors;
  return `${plural(errors, "request")} ended in an internal error`;
}

/** The verdict and the most important figures. */
export function headlineBanner(result: RushResult): Markup {
  const { verdict, sale, requests, spans, phases, clients } = result;
  const state = !verdict.given ? "none" : verdict.holds ? "good" : "bad";
  const soldOut = sale.soldOutMs;
  return markup`<section class="banner ${state}">
    <h2>${headline(result)}</h2>
    <p>${plural(clients.buyers, "buyer")} rushed ${plural(clients.seats, "seat")} over HTTP,
      through ${plural(result.apiProcesses, "API process", "API processes")}.
      ${sale.unsoldReason !== null && `Not sold: ${sale.unsoldReason}.`}</p>
  </section>
  <section class="figures">
    ${figure(`${countText(sale.sold)} / ${countText(sale.seats)}`, "seats sold")}
    ${figure(soldOut === null ? "–" : durationText(soldOut), "from opening to sold out")}
    ${figure(durationText(spans.purchase.p95Ms), "arrival to ticket, p95")}
    ${figure(durationText(phases.reserve.accepted.p95Ms), "hold accepted, p95")}
    ${figure(countText(requests.acceptedPerSecond), "accepted requests a second")}
    ${figure(countText(requests.refusedPerSecond), "refused requests a second")}
    ${figure(countText(requests.serverErrors), "answers of 5xx", requests.serverErrors > 0)}
  </section>`;
}

function figure(value: string, words: string, alarming = false): Markup {
  return markup`<div class="${alarming ? "alarming" : ""}">
    <b>${value}</b><span>${words}</span></div>`;
}

/** Each invariant, whether it is violated, and the number of checked rows. */
export function invariantList(result: RushResult): Markup {
  const { verdict } = result;
  if (!verdict.given) return markup`<p>The run was ended before its data was checked.</p>`;
  const { acknowledged } = verdict;
  const inVain = `waiting without success for ${plural(verdict.pendingMessages, "message")}`;
  return markup`<ul class="invariants">
    ${verdict.invariants.map(invariantItem)}
    ${repeatItem(result)}
    ${errorItem(result)}
  </ul>
  <p class="faint">Checked after ${verdict.drained ? "all messages were applied" : inVain}
    (${durationText(verdict.drainMs)}), against
    ${plural(acknowledged.reservations, "acknowledged hold")},
    ${plural(acknowledged.payments, "payment")} and the charges of
    ${plural(acknowledged.chargedUsers, "buyer")}.</p>`;
}

type Invariant = RushResult["verdict"]["invariants"][number];

function invariantItem(one: Invariant): Markup {
  const found = one.holds ? "none broken" : `${countText(one.violationCount)} broken`;
  return markup`<li class="${one.holds ? "good" : "bad"}"><b>${one.id}</b><span>${one.title}</span>
    <em>${countText(one.rowsRead)} rows, ${found}</em>
    ${
      !one.holds &&
      markup`<ol>${one.violations
        .slice(0, VIOLATIONS_SHOWN_MAX)
        .map(
          ({ message, ids }) => markup`<li>${message} <code>${JSON.stringify(ids)}</code></li>`,
        )}</ol>`
    }</li>`;
}

function repeatItem({ verdict }: RushResult): Markup {
  const { mismatches, repeats } = verdict;
  const good = mismatches.length === 0;
  const differing = good ? "all alike" : `${countText(mismatches.length)} differ`;
  return markup`<li class="${good ? "good" : "bad"}"><b>key</b>
    <span>a request repeated under its Idempotency-Key gets the first answer</span>
    <em>${countText(repeats)} repeated, ${differing}</em>
    ${
      !good &&
      markup`<ol>${mismatches
        .slice(0, VIOLATIONS_SHOWN_MAX)
        .map(
          (one) =>
            markup`<li>${one.phase} of user ${one.userId}: ${one.first}, then ${one.second}</li>`,
        )}</ol>`
    }</li>`;
}

function errorItem({ verdict: { internalErrors } }: RushResult): Markup {
  const good = internalErrors === 0;
  return markup`<li class="${good ? "good" : "bad"}"><b>500</b>
    <span>no request ends in an internal error</span>
    <em>${good ? "none" : countText(internalErrors)} did</em></li>`;
}

/** A sentence about how closely admissions followed arrivals. */
export function fairnessWords({ fairness }: RushResult): Markup {
  const { overtakings, comparablePairs } = fairness;
  const share = comparablePairs === 0 ? 0 : overtakings / comparablePairs;
  return markup`<p>The queue admitted ${countText(fairness.admitted)} buyers.
    In ${countText(overtakings)} of ${countText(comparablePairs)} pairs (${percentText(share)})
    the later arrival was admitted first;
    gamma is <b>${fairness.gamma.toFixed(4)}</b> (1: first come, first served), and
    no buyer lost more than <b>${countText(fairness.worstLossPlaces)}</b> places. The figures
    start at the intended arrival, so they include the network and the join; invariant I8 checks
    the order of the queue itself.</p>`;
}
