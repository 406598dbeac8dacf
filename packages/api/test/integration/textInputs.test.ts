import { createConcert } from "@onsale/core";
import { expect } from "chai";
import { ENDPOINTS } from "../../src/routes/endpoints.ts";
import { activeBuyer } from "../support/buyer.ts";
import { type Answer, numberIn } from "../support/callApi.ts";
import { makeSale } from "../support/sale.ts";
import { useTestApi } from "../support/testApi.ts";

/** "é" as one character, and as macOS writes it: "e" with a combining accent. */
const [COMPOSED, DECOMPOSED] = ["Beyonc\u00e9", "Beyonce\u0301"];

describe("texts in requests", () => {
  const api = useTestApi();
  let concertCount = 0;

  const list = (query: Readonly<Record<string, string>>): Promise<Answer> =>
    api().call("GET", `/api/v1/concerts?${new URLSearchParams(query)}`);
  const idsIn = ({ data }: Answer): unknown =>
    Array.isArray(data.concerts) ? data.concerts.map(({ id }) => id) : data;
  /** A singer that only one test searches. */
  const newSinger = (name: string): string => {
    concertCount += 1;
    return `${name} ${concertCount}`;
  };
  const create = (json: object): Promise<Answer> =>
    api().call("POST", "/api/v1/concerts", {
      token: api().adminToken(),
      headers: { "idempotency-key": `concert-${concertCount}` },
      json,
    });
  const concertOf = (singer: string, more: object = {}) => ({
    ...{ title: "Rush", singer },
    performances: [
      {
        ...{ startsAt: "2031-05-06T19:30:00+09:00", venue: `Th\u0065\u0301a\u0302tre` },
        sections: [{ name: "Floor", price: 150, rows: { "Rang\u0065\u0301e": 2 } }],
      },
    ],
    ...more,
  });

  it("find a concert whatever form of a character the search has", async () => {
    const singer = newSinger(COMPOSED);
    const { id } = await createConcert(api().core, { title: COMPOSED, singer });
    for (const form of ["NFC", "NFD"]) {
      for (const name of ["singer", "concertName"]) {
        const found = await list({
          singer,
          [name]: (name === "singer" ? singer : COMPOSED).normalize(form),
        });
        expect(idsIn(found), `${name}, ${form}`).to.deep.equal([id]);
      }
    }
  });

  it("are stored in composed form, also those of escapes and of seats", async () => {
    const singer = newSinger(DECOMPOSED);
    const created = await create(concertOf(singer));
    expect(created.status, created.text).to.equal(201);
    const found = await list({ singer: singer.normalize("NFC") });
    expect(found.text).to.include(singer.normalize("NFC")).and.not.include(singer);
    const concertId = numberIn(created.data, "concertId");
    const [performance] = await api().core.catalog.performancesOf(null, concertId);
    expect(performance?.venue).to.equal("Th\u00e9\u00e2tre");
    const seats = await api().core.catalog.seatsOf(null, performance?.id ?? 0);
    expect(seats.map(({ seatNo }) => seatNo)).to.deep.equal(["Rang\u00e9e-1", "Rang\u00e9e-2"]);
  });

  it("are counted in composed form, by characters", async () => {
    const longest = `${"\u{1F3AB}".repeat(150)}${"e\u0301".repeat(50)}`;
    expect((await list({ concertName: longest })).status).to.equal(200);
    const tooLong = await list({ concertName: `${longest}e` });
    expect([tooLong.status, tooLong.code]).to.deep.equal([400, "INVALID_REQUEST"]);
    expect(tooLong.body.detail).to.include("at most 200 characters");
    const user = await api().call("POST", "/api/v1/users", {
      json: { name: "e\u0301".repeat(100) },
    });
    expect(user.status, user.text).to.equal(201);
  });

  it("are refused as the same seat when two rows differ only in the form", async () => {
    const rows = { "R\u00e9": 1, "Re\u0301": 1 };
    const performance = {
      ...{ startsAt: "2031-05-06T19:30:00+09:00", venue: "Hall" },
      sections: [{ name: "Floor", price: 150, rows }],
    };
    concertCount += 1;
    const refused = await create(concertOf("Twin", { performances: [performance] }));
    expect([refused.status, refused.code]).to.deep.equal([400, "INVALID_REQUEST"]);
    expect(refused.text).to.include("R\u00e9-1");
  });

  it("are refused with control characters, and the reason names them", async () => {
    for (const [name, text] of [
      ["concertName", "a\u0000b"],
      ["singer", "a\u001b[31mb"],
      ["singer", "a\u200bb"],
    ] as const) {
      const refused = await list({ [name]: text });
      expect([refused.status, refused.code]).to.deep.equal([400, "INVALID_REQUEST"]);
      expect(refused.body.detail).to.match(
        /^query\.\w+: has the invisible character U\+[0-9A-F]{4}/,
      );
    }
    const title = await create(concertOf("A", { title: "Ru\u0007sh" }));
    expect([title.status, title.code]).to.deep.equal([400, "INVALID_REQUEST"]);
    expect(title.text).to.include("U+0007");
    const execute = "/api/v1/admin/jobs/019a0e52-7c1f-7000-8000-000000000001/execute";
    const reason = await api().call("POST", execute, {
      token: api().adminToken(),
      json: { reason: "because\u001b[2J" },
    });
    expect([reason.status, reason.code]).to.deep.equal([400, "INVALID_REQUEST"]);
  });

  it("do not filter when they are empty or blank", async () => {
    const singer = newSinger("Blank");
    const { id } = await createConcert(api().core, { title: "Rush", singer });
    for (const concertName of ["", "  "]) {
      const all = await list({
        ...{ concertName, singer, startDate: "", endDate: "", cursor: "", limit: "" },
      });
      expect(all.status, all.text).to.equal(200);
      expect(idsIn(all)).to.deep.equal([id]);
    }
    const whole = await list({ concertName: "", singer: "" });
    expect(idsIn(whole)).to.deep.equal(idsIn(await list({})));
  });

  it("do not filter at any endpoint when they are empty", async () => {
    const sale = await makeSale(api().core, 1);
    const { userId, accessToken, queueToken } = await activeBuyer(api());
    const fields: Record<string, string> = {
      ...{ userId: `${userId}`, concertId: `${sale.concertId}`, queueId: "main" },
      concertOptionId: `${sale.performanceId}`,
    };
    const withQuery = ENDPOINTS.filter(
      ({ schemas }) => Object.keys(schemas.query.shape).length > 0,
    );
    expect(withQuery.length).to.be.above(7);
    for (const { path, method, access, operationId, schemas } of withQuery) {
      const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => fields[name] ?? "1");
      const names = Object.keys(schemas.query.shape);
      const query = names.map((name) => `${name}=`).join("&");
      const token =
        access === "admin" ? api().adminToken() : access === "user" ? accessToken : queueToken;
      const answer = await api().call(method.toUpperCase(), `/api/v1${filled}?${query}`, { token });
      expect(answer.status, `${operationId} ${answer.text}`).to.equal(200);
    }
  });
});
