import { expect } from "chai";
import { lineAccess, queueAccess, userAccess } from "../../src/auth/access.ts";
import { ANONYMOUS, type Identity, type PresentedQueueToken } from "../../src/auth/identity.ts";
import {
  AuthenticationRequiredError,
  ForeignUserError,
  InvalidRequestError,
  QueueTokenRequiredError,
  UserNotFoundError,
} from "../../src/problems/errors.ts";

const tokenOf = (userId: number): PresentedQueueToken => ({
  token: "t",
  claims: { queueId: "main", userId, sequence: 1, epoch: 1, issuedAtMs: 0 },
});
const proven = (userId: number): Identity => ({ ...ANONYMOUS, userId });
const believing: Identity = { ...ANONYMOUS, trustsStatedUser: true };
const write = (userId?: number) => ({ userId, reads: false });
const read = (userId?: number) => ({ userId, reads: true });

describe("userAccess", () => {
  it("accepts an authenticated user, whether the request names the user or not", () => {
    expect(userAccess.resolve(proven(7), write()).userId).to.equal(7);
    expect(userAccess.resolve(proven(7), write(7)).userId).to.equal(7);
  });

  it("answers 403 to a write and 404 to a read for another user", () => {
    expect(() => userAccess.resolve(proven(7), write(8))).to.throw(ForeignUserError);
    expect(() => userAccess.resolve(proven(7), read(8))).to.throw(UserNotFoundError);
  });

  it("refuses a request without credentials", () => {
    expect(() => userAccess.resolve(ANONYMOUS, write(8))).to.throw(AuthenticationRequiredError);
  });

  it("prefers the userId of the request to the user of the token in trusted mode", () => {
    expect(userAccess.resolve(believing, write(8)).userId).to.equal(8);
    const withToken = { ...believing, userId: 7, queueToken: tokenOf(7) };
    expect(userAccess.resolve(withToken, write()).userId).to.equal(7);
    expect(userAccess.resolve(withToken, write(8)).userId).to.equal(8);
    expect(() => userAccess.resolve(believing, write())).to.throw(InvalidRequestError);
  });
});

describe("lineAccess", () => {
  it("passes a queue token to the handler only when it belongs to the caller", () => {
    const identity = { ...proven(7), queueToken: tokenOf(7) };
    expect(lineAccess.resolve(identity, write()).queueToken).to.deep.equal(tokenOf(7));
    const foreign = { ...believing, queueToken: tokenOf(7) };
    expect(lineAccess.resolve(foreign, write(8)).queueToken).to.equal(undefined);
  });

  it("says when only the queue token names the user", () => {
    const byToken = { ...proven(7), queueToken: tokenOf(7), byQueueToken: true };
    expect(lineAccess.resolve(byToken, write()).byQueueToken).to.equal(true);
    expect(lineAccess.resolve(proven(7), write()).byQueueToken).to.equal(false);
    const trusted = { ...byToken, trustsStatedUser: true };
    expect(lineAccess.resolve(trusted, write()).byQueueToken).to.equal(true);
    expect(lineAccess.resolve(trusted, write(7)).byQueueToken, "stated").to.equal(false);
  });
});

describe("queueAccess", () => {
  it("finds the user in the queue token", () => {
    const identity = { ...ANONYMOUS, queueToken: tokenOf(7) };
    expect(queueAccess.resolve(identity, write()).userId).to.equal(7);
    expect(queueAccess.resolve(identity, write(7)).userId).to.equal(7);
  });

  it("refuses a userId of the body or the gateway that differs from the queue token", () => {
    const identity = { ...ANONYMOUS, queueToken: tokenOf(7) };
    expect(() => queueAccess.resolve(identity, write(8))).to.throw(ForeignUserError);
    const gateway = { ...identity, userId: 8 };
    expect(() => queueAccess.resolve(gateway, write())).to.throw(ForeignUserError);
  });

  it("refuses a request without a queue token", () => {
    expect(() => queueAccess.resolve(proven(7), write())).to.throw(QueueTokenRequiredError);
  });
});
