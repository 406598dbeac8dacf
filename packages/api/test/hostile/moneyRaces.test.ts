import { checkInvariants } from "@onsale/core";
import { expect } from "chai";
import { activeBuyer, type Buyer, chargeBuyer, holdSeat } from "../support/buyer.ts";
import { type Answer, numberIn } from "../support/callApi.ts";
import { makeSale, type Sale, SEAT_PRICE } from "../support/sale.ts";
import { useTestApi } from "../support/testApi.ts";

/** Requests at the same time, of one user: the default limit of open requests is 64. */
const AT_ONCE = 24;
/** No worker runs, so overdue holds stay. */
const HOLD_BOUND_MS = 3_600_000;

describe("attack: races for money", () => {
  const api = useTestApi({ RATE_LIMIT_USER_PER_SECOND: "100000" });
  let sale: Sale;
  let nextSeat = 0;

  before("makes a sale", async () => {
    sale = await makeSale(api().core, 40);
  });

  afterEach("checks that no seat and no point was lost or made", async () => {
    const report = await checkInvariants(api().core, { holdBoundMs: HOLD_BOUND_MS });
    expect(report.holds, JSON.stringify(report.results.filter(({ holds }) => !holds))).to.equal(
      true,
    );
  });

  const call = (
    method: string,
    path: string,
    token: string,
    json?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> =>
    api().call(method, `/api/v1${path}`, { token, headers, ...(json && { json }) });

  async function balance({ userId, accessToken }: Buyer): Promise<number> {
    const { data } = await call("GET", `/points/current/${userId}`, accessToken);
    return numberIn(data, "currentPoints");
  }

  /** A buyer with points for some seats, who holds one. */
  async function holder(seats: number): Promise<{ buyer: Buyer; reservationId: number }> {
    const buyer = await activeBuyer(api());
    await chargeBuyer(api(), buyer, seats * SEAT_PRICE);
    const seatId = sale.seatIds[nextSeat] ?? 0;
    nextSeat += 1;
    return { buyer, reservationId: await holdSeat(api(), buyer, seatId) };
  }

  const atOnce = (send: (at: number) => Promise<Answer>): Promise<Answer[]> =>
    Promise.all(Array.from({ length: AT_ONCE }, (_unused, at) => send(at)));

  const successes = (answers: readonly Answer[]): Answer[] =>
    answers.filter(({ status }) => status === 200 || status === 201);

  it("takes the price once when a hold is paid many times at the same time", async () => {
    const { buyer, reservationId } = await holder(3);
    const { queueToken } = buyer;
    const answers = await atOnce(() => call("POST", "/payment/pay", queueToken, { reservationId }));
    const payments = new Set(successes(answers).map(({ data }) => data.paymentId));
    expect(payments.size).to.equal(1);
    expect(answers.every(({ status }) => status < 500 || status === 503)).to.equal(true);
    expect(await balance(buyer)).to.equal(2 * SEAT_PRICE);
  });

  it("gives the price back once when a payment is refunded many times", async () => {
    const { buyer, reservationId } = await holder(1);
    const paid = await call("POST", "/payment/pay", buyer.queueToken, { reservationId });
    const path = `/payments/${numberIn(paid.data, "paymentId")}/refund`;
    const answers = await atOnce((at) =>
      call("POST", path, buyer.accessToken, undefined, { "idempotency-key": `refund-${at}` }),
    );
    expect(successes(answers).length).to.be.at.least(1);
    expect(await balance(buyer)).to.equal(SEAT_PRICE);
  });

  it("charges once under one Idempotency-Key, and each time under others", async () => {
    const buyer = await activeBuyer(api());
    const charge = (key: string) =>
      call("PUT", "/points/charge", buyer.accessToken, { amount: 7 }, { "idempotency-key": key });
    await atOnce(() => charge("same"));
    expect(await balance(buyer)).to.equal(7);
    const answers = await atOnce((at) => charge(`key-${at}`));
    expect(await balance(buyer)).to.equal(7 + 7 * successes(answers).length);
  });

  it("pays or cancels a hold, never both", async () => {
    const { buyer, reservationId } = await holder(1);
    const answers = await atOnce((at) =>
      at % 2 === 0
        ? call("POST", "/payment/pay", buyer.queueToken, { reservationId })
        : call("DELETE", `/reservations/${reservationId}`, buyer.accessToken),
    );
    const isPaid = answers.some(({ data }) => data.paymentId !== undefined);
    expect(await balance(buyer)).to.equal(isPaid ? 0 : SEAT_PRICE);
  });

  it("takes the price of the seats that are left when some are cancelled meanwhile", async () => {
    const buyer = await activeBuyer(api());
    await chargeBuyer(api(), buyer, 3 * SEAT_PRICE);
    const seatIds = sale.seatIds.slice(nextSeat, nextSeat + 3);
    nextSeat += 3;
    const hold = await call("POST", "/concerts/reserve-seat", buyer.queueToken, { seatIds });
    const reservationId = numberIn(hold.data, "reservationId");
    const [first] = seatIds;
    const answers = await atOnce((at) =>
      at % 2 === 0
        ? call("POST", "/payment/pay", buyer.queueToken, { reservationId })
        : call("POST", `/reservations/${reservationId}/cancel-seats`, buyer.accessToken, {
            seatIds: [first],
          }),
    );
    expect(answers.every(({ status }) => status < 500 || status === 503)).to.equal(true);
    const paid = await call("POST", "/payment/pay", buyer.queueToken, { reservationId });
    const found = await call("GET", `/reservations/${reservationId}`, buyer.accessToken);
    expect(found.data).to.include({ status: "CONFIRMED", amount: paid.data.price });
    expect(await balance(buyer)).to.equal(3 * SEAT_PRICE - numberIn(paid.data, "price"));
  });

  it("spends no more than the balance when one buyer pays several holds", async () => {
    const { buyer, reservationId } = await holder(2);
    const reservations = [reservationId];
    for (let more = 0; more < 3; more += 1) {
      const seatId = sale.seatIds[nextSeat] ?? 0;
      nextSeat += 1;
      reservations.push(await holdSeat(api(), buyer, seatId));
    }
    const answers = await Promise.all(
      reservations.map((id) =>
        call("POST", "/payment/pay", buyer.queueToken, { reservationId: id }),
      ),
    );
    const paid = successes(answers).length;
    expect(paid).to.be.at.most(2);
    expect(await balance(buyer)).to.equal((2 - paid) * SEAT_PRICE);
  });

  it("sells one seat to one of many buyers", async () => {
    const buyers: Buyer[] = [];
    for (let count = 0; count < 8; count += 1) buyers.push(await activeBuyer(api()));
    const seatId = sale.seatIds[nextSeat] ?? 0;
    nextSeat += 1;
    const answers = await Promise.all(
      buyers.map(({ queueToken }) =>
        call("POST", "/concerts/reserve-seat", queueToken, { seatId }),
      ),
    );
    expect(successes(answers)).to.have.length(1);
  });
});
