import type { Span, Tracing } from "../../../ports/tracing.ts";

/** Runs work in the span, and ends the span with the work. */
export async function spanned<T>(tracing: Tracing, span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await tracing.within(span, work);
  } catch (error) {
    span.fail(error);
    throw error;
  } finally {
    span.end();
  }
}
