import { type EstimateSource, estimateSources } from "../measure/recorder.ts";
import type { RushResult } from "../rush/rushResult.ts";
import { type Markup, markup } from "./markup.ts";
import { countText, durationText, percentText } from "./words.ts";

const ANSWERS: Readonly<Record<EstimateSource, string>> = {
  join: "in the answer to the join",
  poll: "in the answers to polls",
};

/** A table of the differences between estimated and real waiting times. */
export function waitErrorsTable({ waitErrors }: RushResult): Markup {
  const rows = estimateSources.filter((by) => waitErrors[by].count > 0);
  if (rows.length === 0) return markup`<p>No answer had an estimate.</p>`;
  return markup`<table class="answers"><thead><tr><th></th><th class="number">count</th>
    <th>wrong by, p50</th><th>p90</th><th>within 15 % or 10 s</th></tr></thead>
    <tbody>${rows.map((by) => rowOf(ANSWERS[by], waitErrors[by]))}</tbody></table>`;
}

function rowOf(name: string, errors: RushResult["waitErrors"][EstimateSource]): Markup {
  const cell = (ms: number, share: number): Markup =>
    markup`<td>${durationText(ms)} (${percentText(share)})</td>`;
  return markup`<tr><th scope="row">${name}</th>
    <td class="number">${countText(errors.count)}</td>
    ${cell(errors.p50Ms, errors.p50Share)}${cell(errors.p90Ms, errors.p90Share)}
    <td>${percentText(errors.withinGoal)}</td></tr>`;
}
