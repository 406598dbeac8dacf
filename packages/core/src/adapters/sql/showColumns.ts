import type { ShowFields } from "../../ports/showFields.ts";
import type { AnswerRow } from "./answerRow.ts";

/** The columns of a show, of a performance `p` and its concert `c`. */
export const SHOW_COLUMNS = `p.id AS performanceId, c.id AS concertId, c.queue_id AS queueId,
            c.title, c.singer, p.venue, p.starts_at AS performanceStartsAt,
            p.time_zone AS timeZone, p.utc_offset_minutes AS utcOffsetMinutes`;

export function presentShow(row: AnswerRow): ShowFields {
  return {
    performanceId: row.integer("performanceId"),
    concertId: row.integer("concertId"),
    queueId: row.text("queueId"),
    title: row.text("title"),
    singer: row.text("singer"),
    venue: row.text("venue"),
    performanceStartsAt: row.date("performanceStartsAt"),
    timeZone: row.text("timeZone"),
    utcOffsetMinutes: row.integer("utcOffsetMinutes"),
  };
}
