import { createHmac, generateKeyPairSync } from "node:crypto";
import {
  DependencyUnavailableError,
  MAPPED_USER_ID_MIN,
  OverloadedError,
  systemClock,
} from "@onsale/core";
import { expect } from "chai";
import { createSigner } from "fast-jwt";
import { accessTokenVerifier, issueAccessToken } from "../../src/auth/accessToken.ts";
import { AccessTokenInvalidError } from "../../src/problems/errors.ts";
import { fakeClock } from "../support/fakeClock.ts";
import { recordingLog } from "../support/recordingLog.ts";
import { TEST_SECRET, testConfig } from "../support/testConfig.ts";

const { auth } = testConfig();
/** The real time, because the library signs with it. */
const clock = systemClock;
const core = { clock, log: recordingLog() };
/** The users of subjects that are no user ids. */
const findUser = async (subject: string): Promise<number> => 5_000_000 + subject.length;
const nowSeconds = (): number => Math.floor(clock.nowMs() / 1000);
/** A token that ends in a minute, unless the claims say otherwise. */
function signed(claims: object, key = TEST_SECRET, header: object = {}): string {
  const payload = { exp: nowSeconds() + 60, ...claims };
  const parts = [{ alg: "HS256", ...header }, payload].map((part) => JSON.stringify(part));
  return signedText(parts[0] ?? "", parts[1] ?? "", key);
}

/** A token with these texts, which a library might not write. */
function signedText(header: string, payload: string, key = TEST_SECRET): string {
  const input = [header, payload].map((text) => Buffer.from(text).toString("base64url")).join(".");
  return `${input}.${createHmac("sha256", key).update(input).digest("base64url")}`;
}

describe("access tokens signed with a shared secret", () => {
  const verify = accessTokenVerifier(auth, core, findUser);
  const refuses = (token: string, why: string): void => {
    expect(() => verify(token), why).to.throw(AccessTokenInvalidError);
  };

  it("identify the user to whom they were issued", () => {
    const { accessToken, expiresInSeconds } = issueAccessToken({ auth }, { userId: 17 });
    expect(verify(accessToken)).to.equal(17);
    expect(expiresInSeconds).to.equal(12 * 60 * 60);
  });

  it("are refused when altered, expired, or signed with another secret", () => {
    const { accessToken } = issueAccessToken({ auth }, { userId: 17 });
    refuses(`${accessToken.slice(0, -2)}xx`, "altered");
    refuses(signed({ sub: "17", exp: 1_000_000 }), "expired");
    refuses(signed({ sub: "17" }, `another-${TEST_SECRET}`), "another secret");
    refuses("", "empty");
    refuses("a.b.c", "garbage");
  });

  it("are refused after their expiry and the leeway, also when accepted before", async () => {
    const own = fakeClock(Date.now());
    const strict = testConfig({ AUTH_LEEWAY_MS: "2000" }).auth;
    const verifyNow = accessTokenVerifier(strict, { ...core, clock: own }, findUser);
    const { accessToken } = issueAccessToken({ auth }, { userId: 17, expiresInSeconds: 60 });
    const { exp } = JSON.parse(atob(accessToken.split(".")[1] ?? ""));
    expect(verifyNow(accessToken)).to.equal(17);
    await own.advance(exp * 1000 + 2_000 - own.nowMs());
    expect(verifyNow(accessToken)).to.equal(17);
    await own.advance(1);
    expect(() => verifyNow(accessToken)).to.throw(AccessTokenInvalidError, "expired");
  });

  it("are refused without an expiry, with one that is no time, and with one too far away", () => {
    refuses(signed({ sub: "17", exp: undefined }), "no exp");
    for (const exp of [null, "4000000000", [4_000_000_000], true]) {
      refuses(signed({ sub: "17", exp }), `exp ${JSON.stringify(exp)}`);
    }
    refuses(signedText('{"alg":"HS256"}', '{"sub":"17","exp":1e999}'), "an infinite exp");
    const day = 24 * 60 * 60;
    refuses(signed({ sub: "17", exp: nowSeconds() + 10 * 365 * day }), "ten years");
    const issued = nowSeconds() - 3 * day;
    refuses(signed({ sub: "17", iat: issued, exp: nowSeconds() + 60 }), "three days old");
    expect(verify(signed({ sub: "17", exp: nowSeconds() + day }))).to.equal(17);
  });

  it("are refused before their time, with the leeway", () => {
    for (const name of ["nbf", "iat"]) {
      expect(verify(signed({ sub: "17", [name]: nowSeconds() + 8 })), name).to.equal(17);
      refuses(signed({ sub: "17", [name]: nowSeconds() + 15 }), `${name} in the future`);
      refuses(signed({ sub: "17", [name]: "now" }), `${name} that is no time`);
    }
  });

  it("are refused with one changed character, also after the right text was accepted", () => {
    const { accessToken } = issueAccessToken({ auth }, { userId: 17 });
    expect(verify(accessToken)).to.equal(17);
    for (let at = 0; at < accessToken.length - 1; at += 1) {
      if (accessToken[at] === ".") continue;
      const changed = accessToken[at] === "A" ? "E" : "A";
      refuses(`${accessToken.slice(0, at)}${changed}${accessToken.slice(at + 1)}`, `at ${at}`);
    }
  });

  it("are refused with another algorithm, so that a public key never works as a secret", () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    refuses(createSigner({ key: pem, algorithm: "RS256" })({ sub: "17" }), "RS256");
    refuses(createSigner({ key: TEST_SECRET, algorithm: "HS512" })({ sub: "17" }), "HS512");
    refuses(createSigner({ algorithm: "none" })({ sub: "17" }), "none");
  });

  it("identify by their subject the user that was recorded for it", async () => {
    for (const sub of ["auth0|5f7c8ec7c33c6c004bbafe82", "admin", "110169484474386276334"]) {
      expect(await verify(signed({ sub })), sub).to.equal(5_000_000 + sub.length);
    }
    expect(verify(signed({ sub: "admin", jti: "another" })), "remembered").to.equal(5_000_005);
  });

  it("never identify a user of a recorded subject by a number", async () => {
    const recorded = String(MAPPED_USER_ID_MIN + 7);
    expect(await verify(signed({ sub: recorded }))).to.equal(5_000_000 + recorded.length);
    expect(verify(signed({ sub: String(MAPPED_USER_ID_MIN - 1) }))).to.equal(
      MAPPED_USER_ID_MIN - 1,
    );
  });

  it("are refused when the subject cannot be a user", () => {
    for (const sub of ["0", "-1", "1.5", "007", "", " ", "a ", " a", "a\n", "é", "a".repeat(256)]) {
      refuses(signed({ sub }), `subject ${JSON.stringify(sub)}`);
    }
    refuses(signed({ name: "no-subject" }), "no subject");
    for (const sub of [17, null, ["17"], { id: 17 }]) {
      refuses(signed({ sub }), `subject ${JSON.stringify(sub)}`);
    }
  });

  it("look a subject up once, for any number of requests at the same time", async () => {
    let lookups = 0;
    const found = Promise.withResolvers<number>();
    const verifyOnce = accessTokenVerifier(auth, core, () => {
      lookups += 1;
      return found.promise;
    });
    const users = [1, 2, 3].map((jti) => verifyOnce(signed({ sub: "ada", jti })));
    found.resolve(99);
    expect(await Promise.all(users)).to.deep.equal([99, 99, 99]);
    expect(verifyOnce(signed({ sub: "ada" }))).to.equal(99);
    expect(lookups).to.equal(1);
  });

  it("are looked up again after a failed lookup, and bound the lookups", async () => {
    let fails = true;
    const verifyLater = accessTokenVerifier(auth, core, async () => {
      if (fails) throw new DependencyUnavailableError("mysql");
      return 99;
    });
    const users = Array.from({ length: 256 }, (_unused, at) =>
      verifyLater(signed({ sub: `u${at}` })),
    );
    expect(() => verifyLater(signed({ sub: "one-more" }))).to.throw(OverloadedError);
    const settled = await Promise.allSettled(users);
    expect(settled.every(({ status }) => status === "rejected")).to.equal(true);
    fails = false;
    expect(await verifyLater(signed({ sub: "u0" }))).to.equal(99);
  });

  it("are refused when they are tokens of another kind", () => {
    refuses(signed({ sub: "17" }, TEST_SECRET, { typ: "logout+jwt" }), "a logout token");
    refuses(signed({ sub: "17" }, TEST_SECRET, { typ: "dpop+jwt" }), "a proof of DPoP");
    for (const typ of ["JWT", "at+jwt", "application/at+jwt"]) {
      expect(verify(signed({ sub: "17" }, TEST_SECRET, { typ })), typ).to.equal(17);
    }
    refuses(signed({ sub: "17", at_hash: "x" }), "an ID token");
    refuses(signed({ sub: "17", nonce: "x" }), "an ID token with a nonce");
    refuses(signed({ sub: "17", typ: "ID" }), "an ID token of Keycloak");
    refuses(signed({ sub: "17", typ: "Refresh" }), "a refresh token");
    refuses(signed({ sub: "17", events: {} }), "a security event");
    refuses(signed({ sub: "17", cnf: { jkt: "x" } }), "a token that is bound to a key");
    expect(verify(signed({ sub: "17", typ: "Bearer", nonce: "x", scope: "openid" }))).to.equal(17);
  });

  it("are refused for another audience", () => {
    const ours = testConfig({ AUTH_AUDIENCE: "shop, app" }).auth;
    const verifyOurs = accessTokenVerifier(ours, core, findUser);
    for (const aud of ["shop", "app", ["other", "app"]]) {
      expect(verifyOurs(signed({ sub: "5", aud })), JSON.stringify(aud)).to.equal(5);
    }
    for (const aud of [undefined, "other", "Shop", "sho", [], ["other"], { shop: true }, 7, null]) {
      const token = signed({ sub: "5", ...(aud === undefined ? {} : { aud }) });
      expect(() => verifyOurs(token), JSON.stringify(aud)).to.throw(AccessTokenInvalidError);
    }
    const { accessToken } = issueAccessToken({ auth: ours }, { userId: 5 });
    expect(verifyOurs(accessToken), "of the development issuer").to.equal(5);
  });

  it("are refused when another issuer signed them", () => {
    const ours = testConfig({ AUTH_ISSUER: "https://id.example" }).auth;
    const verifyOurs = accessTokenVerifier(ours, core, findUser);
    const { accessToken } = issueAccessToken({ auth: ours }, { userId: 5 });
    expect(verifyOurs(accessToken)).to.equal(5);
    expect(() => verifyOurs(signed({ sub: "5" }))).to.throw(AccessTokenInvalidError);
    const theirs = signed({ sub: "5", iss: "https://other.example" });
    expect(() => verifyOurs(theirs)).to.throw(AccessTokenInvalidError);
  });

  it("cannot be issued without a secret", () => {
    const { auth: trusted } = testConfig({ AUTH_MODE: "trusted", AUTH_JWT_SECRET: "" });
    expect(() => issueAccessToken({ auth: trusted }, { userId: 1 })).to.throw("AUTH_JWT_SECRET");
  });
});
