import { hiddenMistake, refusing, USER_NAME_LENGTH_MAX } from "@onsale/core";
import { z } from "zod";
import { answerId } from "../../http/fields.ts";

export const createUserBody = z
  .strictObject({
    name: z.string().trim().min(1).max(USER_NAME_LENGTH_MAX).superRefine(refusing(hiddenMistake)),
  })
  .meta({ example: { name: "Ada" } });

export const createdUser = z
  .object({
    userId: answerId,
    accessToken: z.string().meta({ description: "Send it as Bearer" }),
    expiresInSeconds: z.int().min(1),
  })
  .meta({ id: "CreatedUser" });
