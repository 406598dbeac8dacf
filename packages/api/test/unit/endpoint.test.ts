import { expect } from "chai";
import { z } from "zod";
import { publicAccess } from "../../src/auth/access.ts";
import { ANONYMOUS } from "../../src/auth/identity.ts";
import { defineEndpoint } from "../../src/http/endpoint.ts";
import { bodyInt, noBody, none } from "../../src/http/fields.ts";
import { InvalidRequestError } from "../../src/problems/errors.ts";
import { ENDPOINTS } from "../../src/routes/endpoints.ts";

const endpoint = defineEndpoint({
  operationId: "test",
  method: "post",
  path: "/test",
  tag: "Users",
  summary: "",
  status: 200,
  specification: false,
  idempotent: true,
  errors: [],
  access: publicAccess,
  params: none,
  query: z.strictObject({ page: z.string().optional() }),
  body: z.strictObject({ list: z.array(z.int()), count: bodyInt(1, 9).optional() }),
  answer: z.unknown(),
  handle: async () => ({ data: null }),
});

const request = {
  identity: ANONYMOUS,
  params: {},
  query: {},
  body: undefined,
  idempotencyKey: undefined,
};

describe("prepare() of an endpoint", () => {
  it("gives one reason for a number beyond several bounds", () => {
    const prepare = () => endpoint.prepare({ ...request, body: { list: [], count: 2 ** 60 } });
    expect(prepare).to.throw(InvalidRequestError).with.nested.property("details.errors.length", 1);
  });

  it("lists every wrong field of path, query and body together", () => {
    let errors: unknown;
    try {
      const query = { page: ["1", "2"], size: "9" };
      endpoint.prepare({ ...request, query, body: { list: [1, "2"], more: 1 } });
    } catch (error) {
      expect(error).to.be.instanceOf(InvalidRequestError);
      errors = error instanceof InvalidRequestError ? error.details.errors : undefined;
    }
    expect(errors).to.have.length(4);
    const paths = z.array(z.object({ path: z.string() })).parse(errors);
    expect(paths.map(({ path }) => path)).to.have.members([
      "query.page",
      "query.size",
      "body.list.1",
      "body.more",
    ]);
  });

  it("requires a body only for an endpoint that reads a body", () => {
    expect(() => endpoint.prepare(request)).to.throw(InvalidRequestError);
    expect(endpoint.readsBody).to.equal(true);
    expect(noBody.safeParse(undefined).success).to.equal(true);
  });
});

describe("the list of endpoints", () => {
  it("contains the nine endpoints of the specification, which answer 200", () => {
    const nine = ENDPOINTS.filter(({ specification }) => specification);
    expect(nine.map(({ method, path }) => `${method.toUpperCase()} ${path}`)).to.have.members([
      "POST /queue/tokens",
      "GET /queue/tokens/status/{userId}",
      "GET /concerts",
      "GET /concerts/{concertId}/available-dates",
      "GET /concerts/{concertOptionId}/available-seats",
      "POST /concerts/reserve-seat",
      "POST /payment/pay",
      "PUT /points/charge",
      "GET /points/current/{userId}",
    ]);
    expect(nine.every(({ status }) => status === 200)).to.equal(true);
  });

  it("uses each operationId once", () => {
    const names = ENDPOINTS.map(({ operationId }) => operationId);
    expect(new Set(names).size).to.equal(names.length);
  });

  it("accepts an Idempotency-Key for what buyers do once, and for what operators create", () => {
    const names = ENDPOINTS.filter(({ idempotent }) => idempotent).map((one) => one.operationId);
    expect(names).to.have.members([
      ...["reserveSeat", "pay", "refund", "chargePoints"],
      ...["createConcert", "addPerformance"],
    ]);
  });

  it("refuses unknown fields in every path, query and body", () => {
    for (const { operationId, schemas, readsBody } of ENDPOINTS) {
      const parts = [schemas.query, ...(readsBody ? [schemas.body] : [])];
      for (const schema of parts) {
        const judged = schema.safeParse({ surelyUnknown: 1 });
        const codes = judged.error?.issues.map(({ code }) => code);
        expect(codes, operationId).to.include("unrecognized_keys");
      }
    }
  });
});
