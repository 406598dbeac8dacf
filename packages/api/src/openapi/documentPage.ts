import { PROBLEMS } from "../problems/problems.ts";
import type { DocumentParts } from "./document.ts";
import { documentView, type FieldView, type OperationView } from "./documentView.ts";

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --dim: light-dark(#555, #aaa); }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; }
code { font: 13px ui-monospace, monospace; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0;
  padding: .4rem .8rem; }
summary { cursor: pointer; }
summary b { display: inline-block; width: 4.5rem; font: 700 13px ui-monospace, monospace; }
summary span { color: var(--dim); margin-left: .6rem; }
table { border-collapse: collapse; width: 100%; margin: .4rem 0 1rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0;
  border-bottom: 1px solid var(--line); }
h4 { margin: .8rem 0 0; }
:target { scroll-margin-top: 4rem; }
@media (max-width: 40rem) {
  code { overflow-wrap: anywhere; }
  summary span { display: block; margin: 0; }
  tr { display: block; padding: .3rem 0; border-bottom: 1px solid var(--line); }
  td { display: block; padding: 0; border: 0; overflow-wrap: anywhere; }
}
`;

/** Makes one HTML page of the document, which loads no other file. */
export function documentPage(parts: DocumentParts): string {
  const byTag = Map.groupBy(documentView(parts), ({ tag }) => tag);
  const sections = [...byTag].map(
    ([tag, operations]) => `<h2>${escaped(tag)}</h2>${operations.map(operationHtml).join("")}`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Onsale API</title>
<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head>
<body><h1>Onsale API</h1>
<p><a href="/docs/try">Try the API</a> on a page that sends requests. The machine-readable form is
at <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).
Success is <code>{"data": …}</code>; failure is <code>application/problem+json</code>.</p>
${sections.join("\n")}
<h2>Error codes</h2>${errorsHtml()}
</body></html>
`;
}

function operationHtml(operation: OperationView): string {
  const { method, path, summary, description } = operation;
  // Browsers open a closed box for a link to something inside of it.
  return `<details>
<summary><b>${method}</b><code>${escaped(path)}</code><span>${escaped(summary)}</span></summary>
<p id="${escaped(operation.id)}">${text(description)}</p>
<p>Needs: ${text(operation.credentials)}</p>
${fieldsHtml("Parameters", operation.parameters)}${fieldsHtml("Body", operation.bodyFields)}
${exampleHtml(operation.bodyExample)}
${fieldsHtml(`Answer ${operation.successStatus}`, operation.answerFields)}
${refusalsHtml(operation)}</details>`;
}

function refusalsHtml({ refusals }: OperationView): string {
  if (refusals.length === 0) return "";
  const rows = refusals.map(
    ({ status, description: codes }) => `<tr><td>${status}</td><td>${text(codes)}</td></tr>`,
  );
  return `<h4>Refusals</h4><table>${rows.join("")}</table>`;
}

function fieldsHtml(title: string, fields: readonly FieldView[]): string {
  if (fields.length === 0) return "";
  const rows = fields.map(
    (field) =>
      `<tr><td><code>${escaped(field.path)}</code></td><td>${escaped(field.type)}${
        field.required ? "" : " (optional)"
      }</td><td>${text(field.description)}</td></tr>`,
  );
  return `<h4>${escaped(title)}</h4><table>${rows.join("")}</table>`;
}

function exampleHtml(example: unknown): string {
  return example === undefined
    ? ""
    : `<p>For example <code>${escaped(JSON.stringify(example))}</code></p>`;
}

function errorsHtml(): string {
  const rows = Object.entries(PROBLEMS).map(
    ([code, { status, title, remedy }]) =>
      `<tr id="${code}"><td>${status}</td><td><code>${code}</code></td>` +
      `<td>${text(title)}. ${text(remedy)}</td></tr>`,
  );
  return `<table>${rows.join("")}</table>`;
}

/** Converts Markdown's code marks to HTML. */
function text(markdown: string): string {
  return escaped(markdown).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}

function escaped(raw: string): string {
  return raw
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
