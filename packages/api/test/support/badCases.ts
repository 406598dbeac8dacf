import { z } from "zod";
import type { Endpoint } from "../../src/http/endpoint.ts";
import { API_PREFIX } from "../../src/routes/endpoints.ts";
import type { BadCaseFixture, Template, Wanted } from "./badTemplate.ts";
import { templateOf } from "./badTemplates.ts";
import type { CallOptions } from "./callApi.ts";

export interface BadCase extends CallOptions {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  /** Status and code. */
  readonly wanted: Wanted;
}

const INVALID: Wanted = [400, "INVALID_REQUEST"];
const HUNDRED_KIB = 100 * 1024;

/** Values that are neither an id nor an amount, as JSON text. */
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

/** Such values in a path or a query. */
const NO_IDS = ["abc", "-1", "0", "1.5", "9007199254740993", "1e3", "0x10", "%20", "1%00"];

/** The invalid requests of an endpoint, each with the answer that it must get. */
export function badCases(endpoint: Endpoint, fixture: BadCaseFixture): BadCase[] {
  const template = templateOf(endpoint.operationId, fixture);
  const request = requestOf(endpoint, template, fixture);
  return [
    ...tokenCases(endpoint, request, fixture),
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

export type Request = Omit<BadCase, "what" | "wanted">;

/** A valid request of an endpoint. */
export function requestOf(
  endpoint: Endpoint,
  template: Template,
  fixture: BadCaseFixture,
): Request {
  const [id] = Object.values(template.params);
  return {
    method: endpoint.method.toUpperCase(),
    path: pathWith(endpoint, String(id)),
    ...credentialOf(endpoint, fixture),
    ...(template.body === undefined ? {} : { json: template.body }),
  };
}

function credentialOf(endpoint: Endpoint, fixture: BadCaseFixture): CallOptions {
  const { userId, accessToken, queueToken } = fixture.active;
  if (endpoint.access === "none") return {};
  if (endpoint.access === "admin") return { token: fixture.adminToken };
  if (!isOfUser(endpoint)) return { token: queueToken };
  return fixture.trusted ? { headers: { "x-user-id": String(userId) } } : { token: accessToken };
}

function pathWith(endpoint: Endpoint, id: string): string {
  return API_PREFIX + endpoint.path.replace(/\{\w+\}/, id);
}

/** The answers to an invalid and to a missing token. */
const TOKEN_REFUSALS = {
  user: { invalid: [401, "ACCESS_TOKEN_INVALID"], missing: [401, "AUTHENTICATION_REQUIRED"] },
  "user-or-queue-token": {
    ...{ invalid: [401, "ACCESS_TOKEN_INVALID"], missing: [401, "AUTHENTICATION_REQUIRED"] },
  },
  admin: { invalid: [401, "ADMIN_TOKEN_INVALID"], missing: [401, "AUTHENTICATION_REQUIRED"] },
  "queue-token": {
    ...{ invalid: [401, "QUEUE_TOKEN_INVALID"], missing: [401, "QUEUE_TOKEN_REQUIRED"] },
  },
  "active-queue-token": {
    ...{ invalid: [401, "QUEUE_TOKEN_INVALID"], missing: [401, "QUEUE_TOKEN_REQUIRED"] },
  },
} satisfies Record<string, { invalid: Wanted; missing: Wanted }>;

const isOfUser = ({ access }: Endpoint): boolean =>
  access === "user" || access === "user-or-queue-token";

function tokenCases(endpoint: Endpoint, request: Request, fixture: BadCaseFixture): BadCase[] {
  if (endpoint.access === "none") return [];
  if (fixture.trusted && isOfUser(endpoint)) {
    return ["0", "-5", "seven", "9007199254740993", "1, 2"].map((userId) => ({
      ...request,
      what: `X-User-Id ${userId}`,
      headers: { "x-user-id": userId },
      wanted: INVALID,
    }));
  }
  const { invalid, missing } = TOKEN_REFUSALS[endpoint.access];
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
  if (endpoint.access === "user") {
    const wanted: Wanted = [401, "TOKEN_KIND_WRONG"];
    cases.push({ ...request, what: "queue token", token: fixture.active.queueToken, wanted });
  }
  if (endpoint.access === "active-queue-token" && endpoint.operationId !== "pay") {
    const wanted: Wanted = [403, "QUEUE_TOKEN_NOT_ACTIVE"];
    cases.push({ ...request, what: "waiting token", token: fixture.waiting.queueToken, wanted });
  }
  if (endpoint.operationId === "pay") {
    const wanted: Wanted = [403, "QUEUE_TOKEN_NOT_ACTIVE"];
    const json = { reservationId: fixture.strangersReservation };
    const { queueToken } = fixture.waiting;
    cases.push({ ...request, what: "waiting token", token: queueToken, json, wanted });
  }
  return cases;
}

/** The token with another user in its payload and with its old signature. */
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
  if (Object.keys(template.params).length === 0 || template.namedByText) return [];
  return NO_IDS.map((id) => ({
    ...request,
    what: `id ${id}`,
    path: pathWith(endpoint, id),
    wanted: INVALID,
  }));
}

function queryCases(endpoint: Endpoint, request: Request): BadCase[] {
  const bad = ["unknownField=1", "unknownField="];
  const fields = Object.keys(endpoint.schemas.query.shape);
  if (fields.includes("limit")) {
    bad.push("limit=0", "limit=101", "limit=-1", "limit=1.5", "limit=ten", "limit=1&limit=2");
  }
  if (fields.includes("cursor")) bad.push("cursor=garbage", "cursor=aWQ6LTE");
  if (fields.includes("startDate")) {
    bad.push(
      "startDate=yesterday",
      "endDate=2026-02-30",
      "startDate=2026-02-02&endDate=2026-02-01",
    );
  }
  if (fields.includes("since")) bad.push("since=7", `since=${"x".repeat(17)}`);
  if (fields.includes("queueId")) bad.push("queueId=%7Ba%7D", `queueId=${"x".repeat(65)}`);
  if (fields.includes("singer")) bad.push("singer=a%00b", "concertName=%1B", "singer=a%E2%80%8Bb");
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
    raw("a prototype in a list", '{"a":[{"__proto__":null}]}', [400, "INVALID_JSON"]),
    raw("a prototype twice", '{"__proto__":1,"__proto__":{"userId":1}}', [400, "INVALID_JSON"]),
    raw("an escaped prototype", '{"_\\u005fproto__":{"userId":1}}', [400, "INVALID_JSON"]),
    raw("nested too deep", `${'{"a":'.repeat(40)}1${"}".repeat(40)}`, [400, "INVALID_JSON"]),
    raw("nested far too deep", "[".repeat(60_000) + "]".repeat(4_000), [400, "INVALID_JSON"]),
    raw("half of a surrogate pair", '{"a":"\\ud83d"}', [400, "INVALID_JSON"]),
    raw("half of a surrogate pair in a name", '{"a":[{"\\ude00":1}]}', [400, "INVALID_JSON"]),
    raw("100 KiB", JSON.stringify({ a: "x".repeat(HUNDRED_KIB) }), [413, "BODY_TOO_LARGE"]),
    raw("an unknown field", JSON.stringify({ ...body, unknownField: 1 }), INVALID),
    ...["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16"].map(
      (type) => ({
        ...raw(`type ${type}`, JSON.stringify(body), [415, "UNSUPPORTED_MEDIA_TYPE"]),
        headers: { ...request.headers, "content-type": type },
      }),
    ),
  ];
  for (const encoding of ["gzip", "br", "compress"]) {
    cases.push({
      ...raw(`encoding ${encoding}`, JSON.stringify(body), [415, "UNSUPPORTED_MEDIA_TYPE"]),
      headers: { ...request.headers, "content-encoding": encoding },
    });
  }
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
    headers: { ...request.headers, "idempotency-key": key },
    wanted: [400, "IDEMPOTENCY_KEY_INVALID"],
  }));
}
