import { type Clock, systemClock } from "@onsale/core";
import { expect } from "chai";
import { accessTokenVerifier, type VerifyAccessToken } from "../../src/auth/accessToken.ts";
import { codeOf } from "../support/codeOf.ts";
import {
  fail,
  hang,
  ISSUER_SETTINGS,
  jwkOf,
  type KeyIssuer,
  openKeyIssuer,
  signedBy,
} from "../support/keyIssuer.ts";
import { recordingLog } from "../support/recordingLog.ts";
import { testConfig } from "../support/testConfig.ts";

const SECOND = 1000;
const HOUR = 3_600 * SECOND;

describe("access tokens of a provider that moves its key set", () => {
  const opened: KeyIssuer[] = [];
  let discovery: KeyIssuer;
  let before: KeyIssuer;
  let after: KeyIssuer;
  let verify: VerifyAccessToken;
  /** The time, which only the test moves; sleeping takes real time. */
  let movedMs: number;

  beforeEach("opens a provider with a key set at one address", async () => {
    movedMs = 0;
    [discovery, before, after] = [await open(), await open(), await open()];
    before.publish(jwkOf("k1"));
    after.publish(jwkOf("k2"));
    nameAddress(before.url);
    const clock: Clock = { ...systemClock, monotonicMs: () => movedMs };
    const { AUTH_AUDIENCE } = ISSUER_SETTINGS;
    const { auth } = testConfig({
      AUTH_OIDC_ISSUER: issuerUrl(),
      AUTH_JWT_SECRET: "",
      AUTH_AUDIENCE,
    });
    verify = accessTokenVerifier(auth, { clock, log: recordingLog() }, () =>
      expect.fail("no subject is a text"),
    );
    expect(await judged("k1")).to.equal(17);
  });

  afterEach("closes it", () => {
    for (const one of opened.splice(0)) one.close();
  });

  async function open(): Promise<KeyIssuer> {
    const issuer = await openKeyIssuer();
    opened.push(issuer);
    return issuer;
  }

  const issuerUrl = (): string => new URL(discovery.url).origin;

  const nameAddress = (address: string): void =>
    discovery.answerWith((response) =>
      response.end(JSON.stringify({ issuer: issuerUrl(), jwks_uri: address })),
    );

  /** The user of a token of this key, or the code of the refusal. */
  async function judged(kid: string): Promise<unknown> {
    try {
      return await verify(signedBy(kid, "17", issuerUrl()));
    } catch (error) {
      return codeOf(error);
    }
  }

  it("are accepted with the new key at once, and refused with the old one", async () => {
    nameAddress(after.url);
    expect(await judged("k2")).to.equal(17);
    expect(await judged("k1")).to.equal("ACCESS_TOKEN_INVALID");
  });

  it("are verified with the keys of the known address while the document fails", async () => {
    for (const failure of [fail, hang]) {
      discovery.answerWith(failure);
      movedMs += 61 * SECOND;
      before.publish(jwkOf("k1"), jwkOf("k3"));
      expect(await judged("k3")).to.equal(17);
      before.publish(jwkOf("k1"));
      movedMs += 61 * SECOND;
      expect(await judged("k3")).to.equal("ACCESS_TOKEN_INVALID");
    }
  });

  it("are not verified with keys of an address that is older than an hour", async () => {
    discovery.answerWith(fail);
    movedMs += HOUR;
    expect(await judged("k1")).to.equal("AUTH_KEYS_UNAVAILABLE");
    nameAddress(after.url);
    expect(await judged("k2")).to.equal(17);
  });

  it("cause one fetch at the known address and one of the document", async () => {
    movedMs += 61 * SECOND;
    expect(await judged("k1")).to.equal(17);
    expect([discovery.fetches(), before.fetches(), after.fetches()]).to.deep.equal([2, 2, 0]);
  });
});
