import { refusing, textMistake, USER_NAME_LENGTH_MAX } from "@onsale/core";
import { z } from "zod";
import { answerId } from "../../http/fields.ts";

export const createUserBody = z
  .strictObject({
    name: z
      .string()
      .normalize("NFC")
      .trim()
      .superRefine(refusing((text) => textMistake(text, USER_NAME_LENGTH_MAX)))
      .meta({
        description: "Not only blanks, and no invisible characters",
        ...{ minLength: 1, maxLength: USER_NAME_LENGTH_MAX, pattern: "\\S" },
      }),
  })
  .meta({ id: "CreateUserRequest", example: { name: "Ada" } });

export const createdUser = z
  .object({
    userId: answerId,
    accessToken: z.string().meta({ description: "Send it as Bearer" }),
    expiresInSeconds: z.int().min(1),
  })
  .meta({ id: "CreatedUser" });

export const knownUser = z.object({ userId: answerId }).meta({ id: "KnownUser" });
