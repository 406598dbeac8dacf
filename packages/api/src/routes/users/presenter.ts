import type { z } from "zod";
import type { IssuedAccessToken } from "../../auth/accessToken.ts";
import type { createdUser } from "./schema.ts";

/** Presents a new user with an access token. */
export function presentCreatedUser(
  userId: number,
  issued: IssuedAccessToken,
): z.input<typeof createdUser> {
  return { userId, ...issued };
}
