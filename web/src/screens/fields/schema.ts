// The form of a kind of paper, made from its JSON Schema: the server holds what is typed in
// against the same file.

type Json = { [key: string]: Json } & {
  $ref?: string;
  type?: string;
  const?: string;
  enum?: string[];
  pattern?: string;
  format?: string;
  required?: string[];
  minItems?: number;
  properties?: Record<string, Json>;
  items?: Json;
  oneOf?: { required?: string[] }[];
};

type Base = { name: string; required: boolean };

/** One value of the form, or a group of them. */
export type Field = Base &
  (
    | { kind: "text" | "date" | "decimal" | "currency" | "country" | "unit" | "integer" | "flag" | "texts"; pattern?: string }
    | { kind: "choice"; choices: string[] }
    | { kind: "group"; fields: Field[]; oneOf: string[] }
    | { kind: "rows"; item: Field[]; oneOf: string[] }
  );

export type Draft = { [name: string]: Value };
export type Value = string | boolean | Draft | Draft[] | undefined;

/** What is wrong with a value, where: "lines[0].net". */
export type Fault = { path: string; why: "missing" | "form" | "date" | "decimal" | "rows" | "one"; name: string };

const files = import.meta.glob<Json>("../../../../schemas/*.schema.json", { import: "default" });

async function load(name: string): Promise<Json> {
  const file = files[`../../../../schemas/${name}.schema.json`];
  if (!file) throw new Error(`no schema ${name}`);
  return file();
}

/** Values that the schema leaves open and financing needs: they are asked for beside the required ones. */
const wanted = new Set([
  "due_date",
  "order_ref",
  "delivery_date",
  "registration_id",
  "vat",
  "accounts",
  "iban",
  "holder",
  "tax",
  "taxes",
  "quantity_rejected",
]);

export function isAsked(f: Field): boolean {
  return f.required || wanted.has(f.name);
}

const marked: Record<string, "currency" | "country" | "unit"> = { currency: "currency", country: "country", unit: "unit" };

function fieldOf(name: string, given: Json, required: boolean, shared: Record<string, Json>): Field | undefined {
  const ref = given.$ref?.split("/").at(-1) ?? "";
  const s = given.$ref ? (shared[ref] ?? given) : given;
  const base = { name, required };
  if (s.const !== undefined) return undefined;
  if (s.enum) return { ...base, kind: "choice", choices: s.enum };
  switch (s.type) {
    case "object":
      return { ...base, kind: "group", ...groupOf(s, shared) };
    case "array": {
      const item = s.items?.$ref ? shared[s.items.$ref.split("/").at(-1) ?? ""] : s.items;
      if (item?.type !== "object") return { ...base, kind: "texts" };
      const { fields, oneOf } = groupOf(item, shared);
      return { ...base, kind: "rows", item: fields, oneOf };
    }
    case "boolean":
      return { ...base, kind: "flag" };
    case "integer":
      return { ...base, kind: "integer", pattern: "^[0-9]{1,9}$" };
  }
  const special = marked[ref];
  if (special) return { ...base, kind: special, ...(s.pattern ? { pattern: s.pattern } : {}) };
  if (s.format === "date") return { ...base, kind: "date" };
  if (ref === "decimal" || ref === "positive") return { ...base, kind: "decimal", pattern: s.pattern ?? "" };
  return { ...base, kind: "text", ...(s.pattern ? { pattern: s.pattern } : {}) };
}

function groupOf(s: Json, shared: Record<string, Json>): { fields: Field[]; oneOf: string[] } {
  const fields = Object.entries(s.properties ?? {}).flatMap(([name, p]) => {
    const f = fieldOf(name, p, s.required?.includes(name) ?? false, shared);
    return f ? [f] : [];
  });
  // What is asked for comes first, in the order of the schema.
  fields.sort((a, b) => Number(isAsked(b)) - Number(isAsked(a)));
  return { fields, oneOf: s.oneOf?.flatMap((o) => o.required ?? []) ?? [] };
}

export type Form = { schema: string; fields: Field[] };

/** The form of a kind of paper. */
export async function formOf(kind: string): Promise<Form> {
  const [own, definitions] = await Promise.all([load(kind), load("definitions")]);
  const shared = definitions.$defs as Record<string, Json>;
  return { schema: own.properties?.schema?.const ?? "", fields: groupOf(own, shared).fields };
}

/** A draft without what was left empty; undefined when nothing is left. */
export function pruned(value: Value): Value {
  if (typeof value === "string") return value.trim() === "" ? undefined : value.trim();
  if (Array.isArray(value)) {
    const rows = value.flatMap((row) => {
      const kept = pruned(row);
      return kept === undefined ? [] : [kept as Draft];
    });
    return rows.length === 0 ? undefined : rows;
  }
  if (typeof value !== "object") return value;
  const kept = Object.entries(value).flatMap(([name, v]) => {
    const p = pruned(v);
    return p === undefined ? [] : [[name, p] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** The JSON that the schema asks for: lists of texts and whole numbers are written as such. */
export function written(fields: Field[], draft: Draft): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const f of fields) {
    const v = draft[f.name];
    if (v === undefined) continue;
    if (f.kind === "group") out[f.name] = written(f.fields, v as Draft);
    else if (f.kind === "rows") out[f.name] = (v as Draft[]).map((row) => written(f.item, row));
    else if (f.kind === "texts") out[f.name] = [...new Set(String(v).split(/[,;，；、]/).map((x) => x.trim()))].filter(Boolean);
    else if (f.kind === "integer") out[f.name] = Number(v);
    else out[f.name] = v;
  }
  return out;
}

function isDay(text: string): boolean {
  if (!/^(19|20|21)\d{2}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** Everything that is wrong with a draft that was pruned, in the order of the form. */
export function faultsOf(fields: Field[], draft: Draft, at = ""): Fault[] {
  return fields.flatMap((f): Fault[] => {
    const path = at ? `${at}.${f.name}` : f.name;
    const fault = (why: Fault["why"]): Fault[] => [{ path, why, name: f.name }];
    const v = draft[f.name];
    if (v === undefined) {
      if (!f.required) return [];
      // Of a group that is missing, its own required values are named: they can be typed.
      if (f.kind === "group") return faultsOf(f.fields, {}, path);
      return fault(f.kind === "rows" ? "rows" : "missing");
    }
    switch (f.kind) {
      case "group":
        return [...faultsOf(f.fields, v as Draft, path), ...missingOne(f.oneOf, v as Draft, path)];
      case "rows":
        return (v as Draft[]).flatMap((row, n) =>
          faultsOf(f.item, row, `${path}[${n}]`).concat(missingOne(f.oneOf, row, `${path}[${n}]`)),
        );
      case "date":
        return isDay(String(v)) ? [] : fault("date");
      case "decimal":
        return new RegExp(f.pattern ?? "").test(String(v)) ? [] : fault("decimal");
      case "choice":
      case "flag":
      case "texts":
        return [];
      default:
        return f.pattern && !new RegExp(f.pattern).test(String(v)) ? fault("form") : [];
    }
  });
}

function missingOne(names: string[], draft: Draft, path: string): Fault[] {
  const first = names[0];
  if (!first || names.filter((n) => draft[n] !== undefined).length === 1) return [];
  return [{ path: `${path}.${first}`, why: "one", name: first }];
}

/** A pointer of the server ("/lines/0/net") as a path of the form. */
export function pathOf(pointer: string): string {
  return pointer
    .replace(/^\//, "")
    .split("/")
    .reduce((path, step) => (/^\d+$/.test(step) ? `${path}[${step}]` : path ? `${path}.${step}` : step), "");
}
