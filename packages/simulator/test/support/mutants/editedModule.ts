import assert from "node:assert/strict";
import { registerHooks } from "node:module";
import type { Edit } from "./editedSql.ts";

const editsByUrl = new Map<string, Edit>();

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const edit = editsByUrl.get(url);
    if (!edit) return loaded;
    const text = String(loaded.source);
    const edited = edit(text);
    assert.notEqual(edited, text, `the edit leaves ${url} as it is`);
    return { ...loaded, source: edited };
  },
});

/**
 * Imports another copy of a module, made of edited text. The other importers of the file keep the
 * unedited module.
 * @param url the URL of the file
 * @returns the module, and the URL under which edited importers can import this copy
 */
export async function editedModule<Module>(
  url: URL,
  edit: Edit,
): Promise<{ readonly module: Module; readonly href: string }> {
  const { href } = new URL(`?copy=${editsByUrl.size + 1}`, url);
  editsByUrl.set(href, edit);
  const module: Module = await import(href);
  return { module, href };
}

/** Replaces a part of the text. @throws AssertionError unless the text has the part */
export function replacing(part: string, by: string): Edit {
  return (text) => {
    assert(text.includes(part), `"${part}" is not in the text`);
    return text.replace(part, () => by);
  };
}
