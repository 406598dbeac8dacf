import type { SaleFigures, SalesReport, ShownSale, WrongSale } from "@onsale/core";
import { counted } from "../operation/counted.ts";
import { paint } from "../terminal/paint.ts";
import { table } from "../terminal/table.ts";
import { timeText } from "../terminal/timeText.ts";
import { visible } from "../terminal/visible.ts";

/** The sales figures as a table. */
export function salesTable(performances: readonly ShownSale[]): string {
  return table(
    ["PERFORMANCE", "STARTS", "HELD", "SOLD", "REVENUE", "TITLE"],
    performances.map(({ performanceId, startsAt, held, sold, revenue, title }) => [
      ...[String(performanceId), timeText(startsAt), String(held), String(sold)],
      ...[String(revenue), visible(title)],
    ]),
  );
}

/** The result of the comparison with the reservations. */
export function drawSalesReport({
  compared,
  behind,
  wrongCount,
  wrong,
  wrongSumCount,
  sums,
}: SalesReport): string {
  const isRight = wrongCount === 0 && wrongSumCount === 0;
  const onTheirWay = behind === 0 ? "" : `; ${behind} behind, with a message on its way`;
  return [
    `${counted(compared, "reservation")} compared${onTheirWay}`,
    ...wrong.map(wrongLine),
    ...(wrongCount > wrong.length ? [`  and ${wrongCount - wrong.length} more reservations`] : []),
    ...sums.map(
      ({ performanceId, summed, ...stored }) =>
        `${paint("red", "✗")} performance ${performanceId}: ${figures(stored)}; ` +
        `its reservations sum up to ${figures(summed)}`,
    ),
    ...(wrongSumCount > sums.length
      ? [`  and ${wrongSumCount - sums.length} more performances`]
      : []),
    isRight
      ? paint("green", "No difference")
      : "Next: `onsale sales rebuild`, then the same with --execute; the sale goes on meanwhile.",
  ].join("\n");
}

function wrongLine({ reservationId, counted: found, actual }: WrongSale): string {
  const is = actual ? figures(actual) : "it does not exist";
  return `${paint("red", "✗")} reservation ${reservationId}: counted ${figures(found)}; is ${is}`;
}

function figures(sale: SaleFigures | undefined): string {
  if (!sale) return "nothing";
  return `${sale.held} held, ${sale.sold} sold for ${sale.revenue}`;
}
