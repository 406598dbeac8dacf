import type { RushResult } from "../rush/rushResult.ts";
import { chartFrame } from "./chartFrame.ts";
import { type Markup, markup } from "./markup.ts";
import { coordinate, pathThrough } from "./scales.ts";
import { countText } from "./words.ts";

const SIZE = { width: 548, height: 300 } as const;

/**
 * Draws each buyer as a dot, by arrival rank and admission rank. On the diagonal both ranks are
 * equal.
 */
export function fairnessChart(result: RushResult): Markup {
  const { points, admitted } = result.fairness;
  const most = Math.max(1, admitted);
  const frame = chartFrame({
    ...SIZE,
    xMax: most,
    yMax: most,
    xText: countText,
    yText: countText,
    xTitle: "rank by intended arrival",
    yTitle: "rank by admission",
    label: "Arrival rank against admission rank",
  });
  // One SVG path draws all dots: each dot is a line without length and with round ends.
  const dots = points
    .map(([x, y]) => `M${coordinate(frame.x(x))} ${coordinate(frame.y(y))}h0`)
    .join("");
  const diagonal = [0, most].map((rank) => [frame.x(rank), frame.y(rank)] as const);
  return frame.draw([
    markup`<path class="diagonal" d="${pathThrough(diagonal)}"/>`,
    markup`<path class="dots" d="${dots}"/>`,
  ]);
}
