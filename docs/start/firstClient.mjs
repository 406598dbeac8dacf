// Buys one ticket: node docs/start/firstClient.mjs http://127.0.0.1:8080
const api = `${process.argv[2] ?? "http://127.0.0.1:8080"}/api/v1`;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Returns the `data` of the answer; throws its problem when a repetition cannot help. */
async function call(token, method, path, body, key = "") {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  if (key) headers["idempotency-key"] = key;
  for (let attempt = 1; ; attempt += 1) {
    const request = { method, headers, body: body && JSON.stringify(body) };
    const answer = await fetch(api + path, request).catch(() => undefined);
    if (answer?.ok) return (await answer.json()).data;
    const problem = answer ? await answer.json() : { code: "NO_ANSWER" };
    // 429, 503 and some 409 name a pause. A request without an answer may have taken effect.
    const seconds = answer ? answer.headers.get("retry-after") : 1;
    if (seconds === null || attempt === 8) throw problem;
    await pause(seconds * 1000 * (1 + Math.random()));
  }
}

const user = await call("", "POST", "/users", { name: "Ada" });
const { token, ...place } = await call(user.accessToken, "POST", "/queue/tokens", {});
for (let now = place; now.status !== "ACTIVE"; ) {
  await pause(now.pollAfterMs);
  now = await call(token, "GET", "/queue/tokens/me");
}

const [concert] = (await call(token, "GET", "/concerts")).concerts;
const [date] = (await call(token, "GET", `/concerts/${concert.id}/available-dates`)).concerts;
let hold;
while (!hold) {
  const { seats } = await call(token, "GET", `/concerts/${date.concertOptionId}/available-seats`);
  if (seats.length === 0) throw new Error("Sold out");
  const seatIds = [seats[Math.floor(Math.random() * seats.length)].seatId];
  const reserve = call(token, "POST", "/concerts/reserve-seat", { seatIds }, crypto.randomUUID());
  hold = await reserve.catch((problem) => {
    // Another buyer was faster: choose another seat.
    if (!/^SEAT_(CONTENDED|ALREADY_HELD|ALREADY_SOLD)$/.test(problem.code)) throw problem;
  });
}
const { reservationId, amount } = hold;
await call(user.accessToken, "PUT", "/points/charge", { amount }, `charge-${reservationId}`);
const paid = await call(token, "POST", "/payment/pay", { reservationId }, `pay-${reservationId}`);
console.log(`Bought ${paid.seats[0].seatNo} for ${paid.price} points`);
