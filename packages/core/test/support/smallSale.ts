import { toPublishedMessage } from "../../src/outbox/envelope.ts";
import { refundPayment } from "../../src/payment/refundPayment.ts";
import type { ConsumerSubscription, ReceivedMessage } from "../../src/ports/consumer.ts";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import { cancelReservation } from "../../src/reservation/cancelReservation.ts";
import { projectSales } from "../../src/sales/projectSales.ts";
import { chargedUser, firstOf, held, makeSale, paid, type Sale, SEAT_PRICE } from "./fixtures.ts";
import type { MemoryTestCore } from "./memoryCore.ts";
import { outboxMessage } from "./outboxMessages.ts";

/** The handlers of the projection, which a test calls as a consumer would. */
export async function subscriptionOf(core: CoreContext): Promise<ConsumerSubscription> {
  const subscriptions: ConsumerSubscription[] = [];
  await projectSales({
    ...core,
    consumers: {
      async run(subscription) {
        subscriptions.push(subscription);
        return { stop: async () => {} };
      },
    },
  });
  return firstOf(subscriptions);
}

/** The handler of single messages. */
export const handlerOf = async (core: CoreContext) => (await subscriptionOf(core)).handle;

/** Passes a group to the projection. @returns whether it was applied together */
export async function applyGroup(
  { handle, handleGroup }: ConsumerSubscription,
  messages: readonly ReceivedMessage[],
): Promise<boolean> {
  if (messages.length > 1 && (await handleGroup?.(messages))) return true;
  for (const message of messages) await handle(message);
  return false;
}

/** A sale of six seats: two sold, one held, one given up, one refunded, one free. */
export async function smallSale(core: CoreContext): Promise<Sale> {
  const sale = await makeSale(core, 6);
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = sale.seatIds;
  const userId = await chargedUser(core);
  await paid(core, userId, [a, b]);
  await held(core, userId, [c]);
  const cancelled = await held(core, userId, [d]);
  await cancelReservation(core, { userId, reservationId: cancelled });
  const refunded = await paid(core, userId, [e]);
  await refundPayment(core, { userId, paymentId: refunded.paymentId });
  return sale;
}

/** The figures of the small sale. */
export const RIGHT = { held: 1, sold: 2, revenue: 2 * SEAT_PRICE };

/** All events of reservations, as the consumer receives them. */
export async function reservationEvents({
  core,
  messages,
}: MemoryTestCore): Promise<ReceivedMessage[]> {
  const all = await messages();
  return all
    .filter(({ aggregateType }) => aggregateType === "reservation")
    .map((message) => {
      const published = toPublishedMessage(core.config, message);
      return { ...published, partition: 0, offset: String(message.id) };
    });
}

/** The figures of the sale in the projection. */
export const figuresOf = async (core: CoreContext, { performanceId }: Sale) =>
  (await core.sales.list(null, performanceId - 1, 1))[0];

/** An event of another aggregate. */
export function pointEvent(core: CoreContext): ReceivedMessage {
  const message = outboxMessage(1, {
    ...{ aggregateType: "point-account", type: "point-account.charged" },
    payload: { userId: 7, amount: 5, balanceAfter: 5 },
  });
  return { ...toPublishedMessage(core.config, message), partition: 0, offset: "1" };
}
