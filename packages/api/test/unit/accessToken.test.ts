import { generateKeyPairSync } from "node:crypto";
import { expect } from "chai";
import { createSigner } from "fast-jwt";
import { accessTokenVerifier, issueAccessToken } from "../../src/auth/accessToken.ts";
import { AccessTokenInvalidError } from "../../src/problems/errors.ts";
import { fakeClock } from "../support/fakeClock.ts";
import { recordingLog } from "../support/recordingLog.ts";
import { TEST_SECRET, testConfig } from "../support/testConfig.ts";

const { auth } = testConfig();
const core = { clock: fakeClock(), log: recordingLog() };
const signed = (claims: object, key = TEST_SECRET): string =>
  createSigner({ key, algorithm: "HS256" })(claims);

describe("access tokens signed with a shared secret", () => {
  const verify = accessTokenVerifier(auth, core);
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
    refuses(signed({ sub: "17", nbf: 4_000_000_000 }), "not yet valid");
    refuses(signed({ sub: "17" }, `another-${TEST_SECRET}`), "another secret");
    refuses("", "empty");
    refuses("a.b.c", "garbage");
  });

  it("are refused after their expiry, also when they were accepted before", async () => {
    const clock = fakeClock();
    const verifyNow = accessTokenVerifier(auth, { ...core, clock });
    const { accessToken } = issueAccessToken({ auth }, { userId: 17, expiresInSeconds: 60 });
    const { exp } = JSON.parse(atob(accessToken.split(".")[1] ?? ""));
    expect(verifyNow(accessToken)).to.equal(17);
    await clock.advance(exp * 1000 - clock.nowMs());
    expect(verifyNow(accessToken)).to.equal(17);
    await clock.advance(1);
    expect(() => verifyNow(accessToken)).to.throw(AccessTokenInvalidError);
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

  it("are refused when the subject is not a user id", () => {
    for (const sub of ["0", "-1", "1.5", "admin", "9007199254740993", ""]) {
      refuses(signed({ sub }), `subject ${sub}`);
    }
    refuses(signed({ name: "no-subject" }), "no subject");
  });

  it("are refused when another issuer signed them", () => {
    const ours = testConfig({ AUTH_ISSUER: "https://id.example" }).auth;
    const verifyOurs = accessTokenVerifier(ours, core);
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
