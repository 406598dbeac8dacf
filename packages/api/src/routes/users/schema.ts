import { z } from "zod";
import { answerId } from "../../http/fields.ts";

/** The width of the column. */
const NAME_LENGTH_MAX = 100;

export const createUserBody = z
  .strictObject({ name: z.string().trim().min(1).max(NAME_LENGTH_MAX) })
  .meta({ example: { name: "Ada" } });

export const createdUser = z
  .object({
    userId: answerId,
    accessToken: z.string().meta({ description: "Send it as Bearer" }),
    expiresInSeconds: z.int().min(1),
  })
  .meta({ id: "CreatedUser" });
