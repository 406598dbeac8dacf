import { MAPPED_USER_ID_MIN } from "@onsale/core";
import { expect } from "chai";
import { OAuth2Server } from "oauth2-mock-server";
import type { Answer } from "../support/callApi.ts";
import { openTestApi, type TestApi } from "../support/testApi.ts";

const AUDIENCE = "https://tickets.example";
const ADA = "4f1c2c6e-9a1d-4a53-8f53-6a1c2b9f7a10";

type Claims = Readonly<Record<string, unknown>>;

describe("access tokens of an OpenID Connect provider", () => {
  let provider: OAuth2Server;
  let api: TestApi;

  before("starts the provider and an API that trusts it", async () => {
    provider = await startProvider(0);
    api = await openTestApi({
      ...{ AUTH_OIDC_ISSUER: provider.issuer.url ?? "", AUTH_AUDIENCE: AUDIENCE },
      ...{ AUTH_JWT_SECRET: "", DEV_ISSUER: "false" },
    });
  });

  after("stops both", async () => {
    await api?.close();
    await provider?.stop();
  });

  /** A token of the provider for the API, with other claims where they are given. */
  function tokenWith(claims: Claims = {}, expiresIn = 300): Promise<string> {
    return provider.issuer.buildToken({
      expiresIn,
      scopesOrTransform: (_header, payload) => {
        for (const [name, value] of Object.entries({ sub: ADA, aud: AUDIENCE, ...claims })) {
          if (value === undefined) Reflect.deleteProperty(payload, name);
          else Reflect.set(payload, name, value);
        }
      },
    });
  }

  const me = (token: string): Promise<Answer> => api.call("GET", "/api/v1/users/me", { token });
  const userOf = async (sub: string) => (await me(await tokenWith({ sub }))).data.userId;

  it("identify a user whose subject is no number, always the same one", async () => {
    const first = await me(await tokenWith());
    expect(first.status).to.equal(200);
    expect(first.data.userId).to.be.at.least(MAPPED_USER_ID_MIN);
    expect(await userOf(ADA), "another token").to.equal(first.data.userId);
    const others = await Promise.all(["auth0|5f7c8ec7c33c6c004b", ADA.toUpperCase()].map(userOf));
    expect(new Set([first.data.userId, ...others]), "other subjects").to.have.property("size", 3);
  });

  it("identify one user when a new subject sends many requests at the same time", async () => {
    const tokens = await Promise.all(
      Array.from({ length: 20 }, (_unused, jti) => {
        return tokenWith({ sub: "parallel|1", jti });
      }),
    );
    const users = (await Promise.all(tokens.map(me))).map(({ data }) => data.userId);
    expect(new Set(users)).to.have.property("size", 1);
  });

  it("identify a user by a numeric subject, as the systems do that share user ids", async () => {
    expect(await userOf("4711")).to.equal(4711);
    const long = "110169484474386276334";
    expect(await userOf(long), "a number that is too large").to.be.at.least(MAPPED_USER_ID_MIN);
  });

  it("let their user join, wait, charge points and read the balance", async () => {
    const token = await tokenWith({ sub: "auth0|buyer" });
    const { userId } = (await me(token)).data;
    await api.call("POST", "/api/v1/queue/tokens", { token, json: {} });
    const charged = await api.call("PUT", "/api/v1/points/charge", {
      token,
      json: { amount: 500 },
    });
    expect(charged.data).to.include({ currentPoints: 500 });
    const path = `/api/v1/points/current/${userId}`;
    expect((await api.call("GET", path, { token })).data).to.include({ currentPoints: 500 });
    const other = await tokenWith({ sub: "auth0|other" });
    expect((await api.call("GET", path, { token: other })).code).to.equal("USER_NOT_FOUND");
  });

  const refusals: Readonly<Record<string, Claims>> = {
    "of another application": { aud: "https://other.example" },
    "without an audience": { aud: undefined },
    "of another issuer": { iss: "https://id.example" },
    "without an issuer": { iss: undefined },
    "without an expiry": { exp: undefined },
    "with an expiry in ten years": { exp: Math.floor(Date.now() / 1000) + 315_360_000 },
    "that start to be valid in an hour": { nbf: Math.floor(Date.now() / 1000) + 3_600 },
    "without a subject": { sub: undefined },
    "with a subject that is a number of JSON": { sub: 4711 },
    "that are bound to a key": { cnf: { jkt: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" } },
    "that are logout tokens": {
      events: { "http://schemas.openid.net/event/backchannel-logout": {} },
    },
  };
  for (const [what, claims] of Object.entries(refusals)) {
    it(`${what} are refused`, async () => {
      const answer = await me(await tokenWith(claims));
      expect([answer.status, answer.code]).to.deep.equal([401, "ACCESS_TOKEN_INVALID"]);
    });
  }

  it("are refused after their expiry, and accepted within the leeway", async () => {
    expect((await me(await tokenWith({}, -5))).status, "5 s late").to.equal(200);
    const late = await me(await tokenWith({}, -60));
    expect(late.status).to.equal(401);
    expect(late.body.detail).to.include("expired");
  });

  it("are refused when they are ID tokens that the provider issues beside them", async () => {
    const answer = await fetch(`${provider.issuer.url}/token`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        ...{ grant_type: "authorization_code", code: "any", client_id: "web-shop" },
        ...{ scope: "openid", redirect_uri: "https://tickets.example/back" },
      }),
    });
    const { id_token: idToken } = Object(await answer.json());
    expect(idToken, "the provider issues one").to.be.a("string");
    expect((await me(idToken)).status).to.equal(401);
    const forUs = await me(await tokenWith({ nonce: "n-0S6_WzA2Mj" }));
    expect(forUs.body.detail, "of a client with our audience").to.include("not an access token");
  });

  it("that a withdrawn key signed are refused as soon as the provider has new keys", async () => {
    const old = await tokenWith();
    expect((await me(old)).status).to.equal(200);
    const { port } = new URL(provider.issuer.url ?? "");
    await provider.stop();
    provider = await startProvider(Number(port));
    expect((await me(await tokenWith())).status, "of the new key").to.equal(200);
    expect((await me(old)).status, "of the withdrawn key").to.equal(401);
  });
});

async function startProvider(port: number): Promise<OAuth2Server> {
  const server = new OAuth2Server();
  await server.issuer.keys.generate("RS256");
  await server.start(port, "127.0.0.1");
  return server;
}
