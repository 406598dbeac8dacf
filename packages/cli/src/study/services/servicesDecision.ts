import type { ServicesReport } from "@onsale/simulator/services";
import { durationText } from "@onsale/simulator/terminal";

const DECISION = `\
Split the payment when one of these is true:

- The points are no longer ours: an external payment provider takes the money. Then the saga comes
  in any case, because no transaction reaches the provider.
- The database of a sale is the bottleneck, and the writes of payments and points are a large part
  of its load.
- Another team or another product must change, deploy or scale the payment on its own.

Before a split:

- Give the state of a payment a column of its own. The experiment reads it from its outbox.
- Let the answer 202 with a state replace the final answer of the payment, in the API and in all
  clients.
- Reword I2 and I4: they hold when no message is under way. \`onsale doctor\` needs a time limit
  after which a difference is a finding, because it cannot read two databases at one moment.
- Keep the inbox and the outbox in both services, and the rule that only an answer starts a
  compensation. The table of the naive splits shows what happens without the inbox or that rule, and
  [the study of the outbox](../outbox/README.md) what happens without the outbox.

The decision is recorded as
[0021](../../develop/adr/0021-the-payment-stays-in-one-transaction.md).
`;

type Timed = { readonly ms: { readonly p50: number } };

/** The decision. Its numbers come from the report, as all others do. */
export function servicesDecision({ costs, live }: ServicesReport): string {
  const calm = costs.filter(({ hasFaults }) => !hasFaults);
  const [whole, split] = [false, true].map((is) => calm.find(({ isSplit }) => isSplit === is));
  const alone = live.filter(({ inFlight }) => inFlight === 1);
  const [one, two] = [false, true].map((is) => alone.find(({ isSplit }) => isSplit === is));
  const pair = (before: Timed, after: Timed): string =>
    `${durationText(after.ms.p50)} in place of ${durationText(before.ms.p50)}`;
  const measured = [
    ...(one && two ? [`${pair(one, two)} on the servers, with one payment in flight`] : []),
    ...(whole && split
      ? [
          `${pair(whole, split)} in virtual time, with ${split.writes.toFixed(1)} writes in ` +
            `place of ${whole.writes.toFixed(1)}`,
        ]
      : []),
  ];
  const times = measured.length === 0 ? "" : ` The median time is ${measured.join("; ")}.`;
  return (
    "## Decision\n\n**The payment stays in the same program and the same transaction.** The " +
    "split buys independent deployments and an independent database. Nothing in this product " +
    "needs either today. It costs four more states for clients, and a compensation that returns " +
    `points for a seat that the buyer did not get.${times}\n\n${DECISION}`
  );
}
