import type { BadCaseFixture, Templates } from "./badTemplate.ts";

const UNKNOWN_ID = 2 ** 40;
const UNKNOWN_JOB = "019a0e52-7c1f-7000-8000-000000000001";

const PERFORMANCE = {
  startsAt: "2031-05-06T19:30:00+09:00",
  venue: "Hall",
  sections: [{ name: "Floor", price: 150, rows: { A: 2 } }],
};

const LATE_PERFORMANCE = { ...PERFORMANCE, startsAt: "9999-12-31T23:59:59-12:00" };

/** Valid requests of operators, from which the cases make invalid ones. */
export function adminTemplates({ sale }: BadCaseFixture): Templates {
  return {
    createConcert: {
      params: {},
      body: { title: "Rush", singer: "Ada", performances: [PERFORMANCE] },
      required: ["title", "singer", "performances"],
      unknown: [
        {
          what: "time of the year 10000 in UTC",
          body: { title: "Rush", singer: "Ada", performances: [LATE_PERFORMANCE] },
          wanted: [400, "INVALID_REQUEST"],
        },
        {
          what: "invisible character",
          body: { title: "Ru\u0000sh", singer: "Ada", performances: [PERFORMANCE] },
          wanted: [400, "INVALID_REQUEST"],
        },
      ],
    },
    addPerformance: {
      params: { concertId: sale.concertId },
      body: PERFORMANCE,
      required: ["startsAt", "venue", "sections"],
      unknown: [
        { what: "unknown id", id: UNKNOWN_ID, wanted: [404, "CONCERT_NOT_FOUND"] },
        {
          what: "time of the year 10000 in UTC",
          body: LATE_PERFORMANCE,
          wanted: [400, "INVALID_REQUEST"],
        },
      ],
    },
    planOperation: {
      params: { name: "queue.configure" },
      namedByText: true,
      body: { input: { queueId: "main", settings: { mode: "open" } } },
      required: ["input"],
      unknown: [
        { what: "empty input", body: { input: {} }, wanted: [400, "INVALID_INPUT"] },
        { what: "unknown name", id: UNKNOWN_ID, wanted: [404, "OPERATION_NOT_FOUND"] },
      ],
    },
    executeJob: {
      params: { jobId: UNKNOWN_JOB },
      body: {},
      numbers: ["max", "perSecond"],
      unknown: [{ what: "unknown job", body: {}, wanted: [404, "JOB_NOT_FOUND"] }],
    },
    job: {
      params: { jobId: UNKNOWN_JOB },
      unknown: [{ what: "unknown job", wanted: [404, "JOB_NOT_FOUND"] }],
    },
    auditRecord: {
      params: { auditId: UNKNOWN_ID },
      unknown: [{ what: "unknown id", wanted: [404, "AUDIT_RECORD_NOT_FOUND"] }],
    },
    planUndo: {
      params: { auditId: UNKNOWN_ID },
      unknown: [{ what: "unknown id", wanted: [404, "AUDIT_RECORD_NOT_FOUND"] }],
    },
    listPlaces: {
      params: { queueId: "main" },
      namedByText: true,
      unknown: [{ what: "unknown queue", id: UNKNOWN_ID, wanted: [404, "QUEUE_NOT_FOUND"] }],
    },
  };
}
