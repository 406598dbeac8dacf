/**
 * Tests whether a column of ASCII can have this text. MySQL refuses to compare such a column with
 * any other text, instead of finding no row.
 */
export const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);
