import { requestText } from "../load/loadPlan.ts";

/** A request to hold one seat. */
export function holdRequest(seatId: number, token: string | undefined): string {
  const path = "/api/v1/concerts/reserve-seat";
  return requestText({ method: "POST", path, body: { seatId }, token });
}
