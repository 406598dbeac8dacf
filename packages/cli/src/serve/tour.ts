/** The values that the commands of the tour contain. */
export interface TourInput {
  /** The base URL, such as "http://127.0.0.1:8080/api/v1". */
  readonly baseUrl: string;
  readonly userId: number;
  readonly concertId: number;
  /**
   * The access token; undefined in trusted mode, in which the API accepts the gateway's X-User-Id.
   */
  readonly accessToken: string | undefined;
  /** The price of the most expensive seat in points, so that one charge is enough. */
  readonly priceMax: number;
}

/**
 * Makes shell commands that go from the queue to the payment. Each step uses the answer of the step
 * before. The commands need only bash, curl, sed and tr.
 */
export function tourOf(input: TourInput): string {
  const isTrusted = input.accessToken === undefined;
  const asUser = isTrusted ? "X-User-Id: $USER_ID" : "Authorization: Bearer $ACCESS";
  const credential = isTrusted ? "" : `ACCESS=${input.accessToken}\n`;
  return `# Settings. \`pick\` takes the first value of a field out of a JSON answer.
BASE=${input.baseUrl}
USER_ID=${input.userId}
${credential}pick() {
  tr ',{}[]' '\\n' | sed -n "s/^\\"$1\\":\\"\\{0,1\\}\\([^\\"]*\\)\\"\\{0,1\\}\\$/\\1/p" | sed -n 1p
}
call() { curl -sS --fail-with-body -H 'Content-Type: application/json' "$@"; }
as_user() { call -H "${asUser}" "$@"; }
as_buyer() { call -H "Authorization: Bearer $QUEUE" "$@"; }

# 1. Join the queue. The queue token is the credential from here on.
ANSWER=$(as_user -X POST $BASE/queue/tokens -d '{}'); echo "$ANSWER"
QUEUE=$(echo "$ANSWER" | pick token)

# 2. Wait for the turn.
until as_user $BASE/queue/tokens/status/$USER_ID | grep -q '"status":"ACTIVE"'; do sleep 0.5; done

# 3. What is on?
call "$BASE/concerts?concertName=Onsale"; echo
CONCERT=${input.concertId}

# 4. Its dates, and the free seats of the first one.
ANSWER=$(as_buyer $BASE/concerts/$CONCERT/available-dates); echo "$ANSWER"
PERFORMANCE=$(echo "$ANSWER" | pick concertOptionId)
ANSWER=$(as_buyer $BASE/concerts/$PERFORMANCE/available-seats); echo "$ANSWER" | cut -c 1-200
SEAT=$(echo "$ANSWER" | pick seatId)

# 5. Hold a seat.
ANSWER=$(as_buyer -X POST $BASE/concerts/reserve-seat -d "{\\"seatId\\":$SEAT}"); echo "$ANSWER"
RESERVATION=$(echo "$ANSWER" | pick reservationId)

# 6. Charge points and look at the balance. The key makes a repetition harmless.
as_user -X PUT $BASE/points/charge -H "Idempotency-Key: charge-$RESERVATION" \\
  -d '{"amount":${input.priceMax}}'; echo
as_user $BASE/points/current/$USER_ID; echo

# 7. Pay. The seat is sold, and the place in the queue goes to the next buyer.
as_buyer -X POST $BASE/payment/pay -H "Idempotency-Key: pay-$RESERVATION" \\
  -d "{\\"reservationId\\":$RESERVATION}"; echo
`;
}
