import type { RequestEnd } from "./connection.ts";
import type { Tally } from "./tally.ts";

const CODE = /"code":"([A-Z0-9_]+)"/;

/** Counts the end of a request. Only the body of a problem is read, for its code. */
export function countAnswer(tally: Tally, end: RequestEnd, tookMs: number): void {
  if ("lost" in end) {
    tally.failed(end.lost);
    return;
  }
  const { status, body } = end;
  if (status < 400) {
    tally.accepted(tookMs);
    return;
  }
  const [, code] = CODE.exec(Buffer.concat(body).toString("latin1")) ?? [];
  const reason = code === undefined ? String(status) : `${status} ${code}`;
  if (status < 500) tally.refused(reason, tookMs);
  else tally.failed(reason);
}
