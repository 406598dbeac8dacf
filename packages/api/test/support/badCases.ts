import { z } from "zod";
import type { Endpoint } from "../../src/http/endpoint.ts";
import { API_PREFIX } from "../../src/routes/endpoints.ts";
import type { Buyer } from "./buyer.ts";
import type { CallOptions } from "./callApi.ts";
import type { Sale } from "./sale.ts";

export interface BadCase extends CallOptions {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  /** Status and code. */
  readonly wanted: readonly [number, string];
}

/** What the cases are made with. */
export interface BadWorld {
  readonly sale: Sale;
  readonly active: Buyer;
  readonly waiting: Buyer;
  readonly strangersReservation: number;
}

const INVALID = [400, "INVALID_REQUEST"] as const;
const FOREIGN_ID = 987_654_321;
const UNKNOWN_ID = 2 ** 40;
const HUNDRED_KIB = 100 * 1024;

/** Values that are no id and no amount, as JSON text. */
const NO_NUMBERS = {
  "a string": '"5"',
  "a word": '"five"',
  null: "null",
  "a boolean": "true",
  "an object": "{}",
  negative: "-1",
  zero: "0",
  "a fraction": "1.5",
  "2^53 + 1": "9007199254740993",
  "beyond any double": "1e999",
};

/** The same in a path or a query. */
const NO_IDS = ["abc", "-1", "0", "1.5", "9007199254740993", "1e3", "0x10", "%20", "1%00"];

/** A request that would succeed, or nearly so; the cases break one thing each. */
interface Template {
  readonly params: Readonly<Record<string, number>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Fields of the body that hold an id or an amount. */
  readonly numbers?: readonly string[];
  readonly required?: readonly string[];
  /** Codes for an id that nobody has. */
  readonly unknown?: readonly { what: string; body?: object; id?: number; wanted: Wanted }[];
}

type Wanted = readonly [number, string];

function templateOf(endpoint: Endpoint, world: BadWorld): Template {
  const { sale, active, strangersReservation } = world;
  const templates: Record<string, Template> = {
    joinQueue: {
      params: {},
      body: { userId: active.userId },
      numbers: ["userId"],
      unknown: [
        { what: "unknown queue", body: { queueId: "nope" }, wanted: [404, "QUEUE_NOT_FOUND"] },
        { what: "queue id of braces", body: { queueId: "{a}" }, wanted: INVALID },
        { what: "foreign user", body: { userId: FOREIGN_ID }, wanted: [403, "FOREIGN_USER"] },
      ],
    },
    queueStatusOfUser: {
      params: { userId: active.userId },
      unknown: [{ what: "foreign user", id: FOREIGN_ID, wanted: [404, "USER_NOT_FOUND"] }],
    },
    availableDates: {
      params: { concertId: sale.concertId },
      unknown: [{ what: "unknown id", id: UNKNOWN_ID, wanted: [404, "CONCERT_NOT_FOUND"] }],
    },
    availableSeats: {
      params: { concertOptionId: sale.performanceId },
      unknown: [{ what: "unknown id", id: UNKNOWN_ID, wanted: [404, "PERFORMANCE_NOT_FOUND"] }],
    },
    reserveSeat: {
      params: {},
      body: { seatId: sale.seatIds[1] },
      numbers: ["seatId"],
      required: ["seatId"],
      unknown: [
        { what: "unknown seat", body: { seatId: UNKNOWN_ID }, wanted: [404, "SEAT_NOT_FOUND"] },
        { what: "no seat", body: { seatIds: [] }, wanted: INVALID },
        { what: "seatId and seatIds", body: { seatId: 1, seatIds: [1] }, wanted: INVALID },
        { what: "seats as text", body: { seatIds: "1,2" }, wanted: INVALID },
        { what: "a seat twice", body: { seatIds: [1, 1] }, wanted: [400, "SEAT_COUNT_INVALID"] },
        {
          what: "too many seats",
          body: { seatIds: [1, 2, 3, 4, 5] },
          wanted: [400, "SEAT_COUNT_INVALID"],
        },
        {
          what: "foreign user",
          body: { seatId: 1, userId: FOREIGN_ID },
          wanted: [403, "FOREIGN_USER"],
        },
      ],
    },
    pay: {
      params: {},
      body: { reservationId: UNKNOWN_ID },
      numbers: ["reservationId"],
      required: ["reservationId"],
      unknown: [
        {
          what: "unknown reservation",
          body: { reservationId: UNKNOWN_ID },
          wanted: [404, "RESERVATION_NOT_FOUND"],
        },
        {
          what: "foreign reservation",
          body: { reservationId: strangersReservation },
          wanted: [403, "RESERVATION_NOT_YOURS"],
        },
      ],
    },
    chargePoints: {
      params: {},
      body: { amount: 100 },
      numbers: ["amount", "userId"],
      required: ["amount"],
      unknown: [
        { what: "too much", body: { amount: 1_000_000_001 }, wanted: [400, "INVALID_INPUT"] },
        {
          what: "foreign user",
          body: { amount: 1, userId: FOREIGN_ID },
          wanted: [403, "FOREIGN_USER"],
        },
      ],
    },
    currentPoints: {
      params: { userId: active.userId },
      unknown: [{ what: "foreign user", id: FOREIGN_ID, wanted: [404, "USER_NOT_FOUND"] }],
    },
    findReservation: {
      params: { reservationId: UNKNOWN_ID },
      unknown: [
        { what: "unknown id", id: UNKNOWN_ID, wanted: [404, "RESERVATION_NOT_FOUND"] },
        { what: "foreign", id: strangersReservation, wanted: [404, "RESERVATION_NOT_FOUND"] },
      ],
    },
    cancelReservation: {
      params: { reservationId: UNKNOWN_ID },
      unknown: [
        { what: "unknown id", id: UNKNOWN_ID, wanted: [404, "RESERVATION_NOT_FOUND"] },
        { what: "foreign", id: strangersReservation, wanted: [403, "RESERVATION_NOT_YOURS"] },
      ],
    },
    refund: {
      params: { paymentId: UNKNOWN_ID },
      body: {},
      unknown: [{ what: "unknown id", id: UNKNOWN_ID, wanted: [404, "PAYMENT_NOT_FOUND"] }],
    },
    createUser: {
      params: {},
      body: { name: "Ada" },
      required: ["name"],
      unknown: [
        { what: "an empty name", body: { name: "  " }, wanted: INVALID },
        { what: "a number as name", body: { name: 5 }, wanted: INVALID },
        { what: "a long name", body: { name: "x".repeat(101) }, wanted: INVALID },
      ],
    },
  };
  return templates[endpoint.operationId] ?? { params: {} };
}

/** Every way to get an endpoint wrong, with the answer that it must give. */
export function badCases(endpoint: Endpoint, world: BadWorld): BadCase[] {
  const template = templateOf(endpoint, world);
  const request = requestOf(endpoint, template, world);
  return [
    ...tokenCases(endpoint, request, world),
    ...pathCases(endpoint, template, request),
    ...queryCases(endpoint, request),
    ...(endpoint.readsBody ? bodyCases(template, request) : []),
    ...(endpoint.idempotent ? keyCases(request) : []),
    ...(template.unknown ?? []).map(({ what, body, id, wanted }) => ({
      ...request,
      ...(body === undefined ? {} : { json: body }),
      ...(id === undefined ? {} : { path: pathWith(endpoint, String(id)) }),
      what,
      wanted,
    })),
  ];
}

type Request = Omit<BadCase, "what" | "wanted">;

function requestOf(endpoint: Endpoint, template: Template, world: BadWorld): Request {
  const { active } = world;
  const [id] = Object.values(template.params);
  const token = { none: undefined, user: active.accessToken }[
    z.enum(["none", "user"]).catch("user").parse(endpoint.access)
  ];
  return {
    method: endpoint.method.toUpperCase(),
    path: pathWith(endpoint, String(id)),
    token: endpoint.access.endsWith("queue-token") ? active.queueToken : token,
    ...(template.body === undefined ? {} : { json: template.body }),
  };
}

function pathWith(endpoint: Endpoint, id: string): string {
  return API_PREFIX + endpoint.path.replace(/\{\w+\}/, id);
}

function tokenCases(endpoint: Endpoint, request: Request, world: BadWorld): BadCase[] {
  if (endpoint.access === "none") return [];
  const forQueue = endpoint.access !== "user";
  const invalid: Wanted = [401, forQueue ? "QUEUE_TOKEN_INVALID" : "ACCESS_TOKEN_INVALID"];
  const missing: Wanted = [401, forQueue ? "QUEUE_TOKEN_REQUIRED" : "AUTHENTICATION_REQUIRED"];
  const { token: _token, ...anonymous } = request;
  const cases: BadCase[] = [
    { ...anonymous, what: "no token", wanted: missing },
    {
      ...anonymous,
      what: "another scheme",
      headers: { authorization: "Basic YTpi" },
      wanted: missing,
    },
    { ...request, what: "garbage", token: "garbage", wanted: invalid },
    { ...request, what: "forged", token: forged(request.token ?? ""), wanted: invalid },
    { ...request, what: "alg none", token: algNone(request.token ?? ""), wanted: invalid },
  ];
  if (endpoint.access === "active-queue-token" && endpoint.operationId !== "pay") {
    const wanted: Wanted = [403, "QUEUE_TOKEN_NOT_ACTIVE"];
    cases.push({ ...request, what: "waiting token", token: world.waiting.queueToken, wanted });
  }
  if (endpoint.operationId === "pay") {
    const wanted: Wanted = [403, "QUEUE_TOKEN_NOT_ACTIVE"];
    const json = { reservationId: world.strangersReservation };
    const { queueToken } = world.waiting;
    cases.push({ ...request, what: "waiting token", token: queueToken, json, wanted });
  }
  return cases;
}

/** The token with another user in its payload and the old signature. */
function forged(token: string): string {
  const [header, payload = "", signature] = token.split(".");
  const claims = z.record(z.string(), z.unknown()).parse(JSON.parse(fromBase64(payload)));
  return [header, toBase64({ ...claims, sub: "1", user: 1 }), signature].join(".");
}

function algNone(token: string): string {
  const [, payload] = token.split(".");
  return [toBase64({ alg: "none", typ: "JWT" }), payload, ""].join(".");
}

const fromBase64 = (text: string): string => Buffer.from(text, "base64url").toString();
const toBase64 = (value: object): string =>
  Buffer.from(JSON.stringify(value)).toString("base64url");

function pathCases(endpoint: Endpoint, template: Template, request: Request): BadCase[] {
  if (Object.keys(template.params).length === 0) return [];
  return NO_IDS.map((id) => ({
    ...request,
    what: `id ${id}`,
    path: pathWith(endpoint, id),
    wanted: INVALID,
  }));
}

function queryCases(endpoint: Endpoint, request: Request): BadCase[] {
  const bad = ["unknownField=1"];
  const fields = Object.keys(endpoint.schemas.query.shape);
  if (fields.includes("limit")) {
    bad.push("limit=0", "limit=101", "limit=-1", "limit=1.5", "limit=ten", "limit=1&limit=2");
  }
  if (fields.includes("cursor")) bad.push("cursor=garbage", "cursor=", "cursor=aWQ6LTE");
  if (fields.includes("startDate")) {
    bad.push(
      "startDate=yesterday",
      "endDate=2026-02-30",
      "startDate=2026-02-02&endDate=2026-02-01",
    );
  }
  if (fields.includes("queueId"))
    bad.push("queueId=", "queueId=%7Ba%7D", `queueId=${"x".repeat(65)}`);
  return bad.map((query) => ({
    ...request,
    what: `query ${query}`,
    path: `${request.path}?${query}`,
    wanted: INVALID,
  }));
}

function bodyCases(template: Template, request: Request): BadCase[] {
  const body = template.body ?? {};
  const { json: _json, ...bodiless } = request;
  const raw = (what: string, text: string, wanted: Wanted): BadCase => ({
    ...bodiless,
    what,
    raw: text,
    wanted,
  });
  const cases = [
    raw("broken JSON", '{"a":', [400, "INVALID_JSON"]),
    raw("a bare string", '"hello"', [400, "INVALID_JSON"]),
    raw("a list", "[]", INVALID),
    raw("a prototype", '{"__proto__":{"userId":1}}', [400, "INVALID_JSON"]),
    raw("nested too deep", `${'{"a":'.repeat(40)}1${"}".repeat(40)}`, [400, "INVALID_JSON"]),
    raw("nested far too deep", "[".repeat(60_000) + "]".repeat(4_000), [400, "INVALID_JSON"]),
    raw("100 KiB", JSON.stringify({ a: "x".repeat(HUNDRED_KIB) }), [413, "BODY_TOO_LARGE"]),
    raw("an unknown field", JSON.stringify({ ...body, unknownField: 1 }), INVALID),
    ...["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16"].map(
      (type) => ({
        ...raw(`type ${type}`, JSON.stringify(body), [415, "UNSUPPORTED_MEDIA_TYPE"]),
        headers: { "content-type": type },
      }),
    ),
  ];
  for (const name of template.required ?? []) {
    const { [name]: _left, ...rest } = body;
    cases.push(raw(`without ${name}`, JSON.stringify(rest), INVALID));
  }
  if ((template.required ?? []).length > 0) {
    cases.push({ ...bodiless, what: "no body", wanted: INVALID });
  }
  for (const name of template.numbers ?? []) {
    for (const [what, text] of Object.entries(NO_NUMBERS)) {
      const others = JSON.stringify({ ...body, [name]: "HERE" });
      cases.push(raw(`${name} is ${what}`, others.replace('"HERE"', text), INVALID));
    }
  }
  return cases;
}

function keyCases(request: Request): BadCase[] {
  return ["", "two words", "x".repeat(256), "caf\u00e9"].map((key) => ({
    ...request,
    what: `key "${key.slice(0, 20)}"`,
    headers: { "idempotency-key": key },
    wanted: [400, "IDEMPOTENCY_KEY_INVALID"],
  }));
}
