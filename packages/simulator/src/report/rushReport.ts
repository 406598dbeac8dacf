import type { RushResult } from "../rush/rushResult.ts";
import { fairnessChart } from "./fairnessChart.ts";
import { latencyTable } from "./latencyTable.ts";
import { type Markup, markup } from "./markup.ts";
import { holdsChart, loadChart, overTimeChart, queueChart } from "./overTimeCharts.ts";
import { answersTable, outcomeBars, runTable } from "./runSection.ts";
import { seatMapChart } from "./seatMapChart.ts";
import { styleSheet } from "./styleSheet.ts";
import { fairnessWords, headline, headlineBanner, invariantList } from "./verdictSection.ts";
import { waitErrorsTable } from "./waitErrorsTable.ts";
import { countText } from "./words.ts";

/**
 * Makes one HTML page about the whole rush. The page loads no other file: no script, no font, no
 * picture. All values from outside are escaped.
 */
export function rushReport(result: RushResult): string {
  const { clients } = result;
  const { buyers, seats } = clients;
  const title = `A rush of ${countText(buyers)} buyers on ${countText(seats)} seats`;
  const date = result.startedAt.slice(0, 16).replace("T", " ");
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: ${headline(result)}</title><style>${styleSheet()}</style></head>
<body><main>
<header><h1>${title}</h1><p>Onsale simulator, seed ${clients.seed}, ${date} UTC</p></header>
${headlineBanner(result)}
<div class="grid-of-cards">${cardsOf(result)}</div>
</main></body></html>
`.html;
}

const LATENCY_NOTE =
  "Every time is counted from the moment a buyer meant to begin, so waiting for a slow answer is " +
  "never left out. Dot: median; thick: to p95; mark: p99; thin: to p99.9.";
const WAIT_NOTE = "The estimated waiting time against the real one, for the admitted buyers.";
const LOAD_NOTE = "Cores in use: did the product or the machine set the limit?";

function cardsOf(result: RushResult): readonly Markup[] {
  const fairness = markup`${fairnessChart(result)}${fairnessWords(result)}`;
  return [
    wideCard("The sale over time", "Running totals from the opening.", overTimeChart(result)),
    wideCard("When each seat was sold", undefined, seatMapChart(result)),
    wideCard("What it felt like", LATENCY_NOTE, latencyTable(result)),
    card(
      "Buyers in the queue",
      "Buyers waiting and buyers active, at each moment.",
      queueChart(result),
    ),
    card("Holds", "Answers to reserve requests, at each moment.", holdsChart(result)),
    card("First come, first served?", undefined, fairness),
    card("Was the estimated wait right?", WAIT_NOTE, waitErrorsTable(result)),
    card("The machine", LOAD_NOTE, loadChart(result)),
    card("Outcomes of the buyers", undefined, outcomeBars(result)),
    card("Answers", "A refusal is an answer; a failure is not.", answersTable(result)),
    wideCard("What must always hold", undefined, invariantList(result)),
    wideCard("This run", undefined, runTable(result)),
  ];
}

function wideCard(title: string, note: string | undefined, content: Markup): Markup {
  return card(title, note, content, true);
}

function card(title: string, note: string | undefined, content: Markup, wide = false): Markup {
  return markup`<section class="card${wide ? " wide" : ""}"><h2>${title}</h2>
    ${note !== undefined && markup`<p>${note}</p>`}${content}</section>`;
}
