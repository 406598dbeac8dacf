import { type Markup, markup, trusted } from "../../report/markup.ts";
import { INCIDENT_CHART_STYLE } from "../incidentChartStyle.ts";
import {
  killPoints,
  type OutboxCell,
  type OutboxReport,
  pointTitles,
  publishVariants,
  variantTitles,
} from "./outboxReport.ts";

const WIDTH = 960;
const LEFT = 360;
const COLUMN = 190;
const ROW = 62;
const TOP = 116;

const STYLE = `${INCIDENT_CHART_STYLE}
.name{font-size:14px}
.small{font-size:12px;fill:#5d5f6f}
.good{fill:#16794a}.lost{fill:#b3261e}.phantom{fill:#5b45c4}.again{fill:#8f5a0f}
.on{fill:#fff;font-size:13px;font-weight:600}
@media (prefers-color-scheme:dark){.small{fill:#a2a4b5}}
`;

/** Draws the result of each way at each point: one box for each. */
export function outboxChart({ cells }: OutboxReport): string {
  const height = TOP + killPoints.length * ROW + 20;
  const heads = publishVariants.map(
    (variant, at) =>
      markup`<text class="name" x="${LEFT + at * COLUMN}" y="${TOP - 18}">${variantTitles[variant]}
</text>`,
  );
  const rows = killPoints.map((point, row) => {
    const y = TOP + row * ROW;
    const boxes = publishVariants.map((variant, at) => {
      const cell = cells.find((one) => one.variant === variant && one.point === point);
      return cell ? box(cell, LEFT + at * COLUMN, y) : markup``;
    });
    return markup`<text class="small" x="24" y="${y + 28}">${pointTitles[point]}</text>${boxes}`;
  });
  return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}"
 width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">Events of processes that were ended by kill -9</title>
<desc id="desc">Lost, repeated and phantom events of each way to publish, at each point</desc>
<style>${trusted(STYLE)}</style>
<rect class="card" x="1" y="1" width="${WIDTH - 2}" height="${height - 2}" rx="14"/>
<text class="head" x="24" y="34">What a kill -9 does to the event of a hold</text>
<text class="small" x="24" y="58">Tries with the result, of all tries at the point</text>
${heads}
${rows}
</svg>
`.html;
}

function box(cell: OutboxCell, x: number, y: number): Markup {
  const { name, count } = resultOf(cell);
  return markup`<rect class="${name}" x="${x}" y="${y}" width="${COLUMN - 14}" height="${ROW - 14}"
 rx="8"/><text class="on" x="${x + 14}" y="${y + 29}">${RESULTS[name]}: ${count} of ${cell.tries}
</text>`;
}

const RESULTS = { good: "right", lost: "lost", phantom: "phantom", again: "repeated" } as const;

function resultOf(cell: OutboxCell): { name: keyof typeof RESULTS; count: number } {
  const { lost, phantom, duplicated, tries } = cell;
  if (lost > 0) return { name: "lost", count: lost };
  if (phantom > 0) return { name: "phantom", count: phantom };
  if (duplicated > 0) return { name: "again", count: duplicated };
  return { name: "good", count: tries };
}
