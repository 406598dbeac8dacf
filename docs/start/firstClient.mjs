// Buys one ticket: node docs/start/firstClient.mjs http://127.0.0.1:8080
import { createClient, isProblem } from "@onsale/client";

const baseUrl = process.argv[2] ?? "http://127.0.0.1:8080";
// In production, your identity system issues access tokens.
const user = await createClient({ baseUrl }).call("createUser", { body: { name: "Ada" } });
const onsale = createClient({ baseUrl, accessToken: user.accessToken });

const [concert] = (await onsale.concerts()).concerts;
const visit = await onsale.joinQueue({ queueId: concert.queueId });
await visit.admission({ onPlace: ({ position }) => console.log(`Position ${position}`) });

const [date] = (await visit.dates(concert.id)).concerts;
let hold;
while (!hold) {
  const { seats } = await visit.seats(date.concertOptionId);
  if (seats.length === 0) throw new Error("Sold out");
  const { seatId } = seats[Math.floor(Math.random() * seats.length)];
  hold = await visit.hold([seatId]).catch((error) => {
    // Another buyer was faster: choose another seat.
    if (!isProblem(error, "SEAT_CONTENDED", "SEAT_ALREADY_HELD", "SEAT_ALREADY_SOLD")) throw error;
  });
}
const { reservationId, amount } = hold;
await onsale.chargePoints(amount, { idempotencyKey: `charge-${reservationId}` });
const paid = await visit.pay(reservationId);
console.log(`Bought ${paid.seats[0].seatNo} for ${paid.price} points`);
