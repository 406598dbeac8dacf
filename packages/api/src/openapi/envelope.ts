import { z } from "zod";

/**
 * Makes the schema of the body of an answer. The body has the name of its data and "Response",
 * because generators of clients make a class of it, and number the classes without a name.
 */
export function envelopeOf(data: z.ZodType): z.ZodType {
  const name = data.meta()?.id;
  const body = z.object({ data });
  return name === undefined ? body : body.meta({ id: `${name}Response` });
}
