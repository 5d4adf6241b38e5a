import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import en from "../../src/i18n/en";
import zh from "../../src/i18n/zh-CN";
import type { Words } from "../../src/i18n/words";



function flat(words: Words, prefix = ""): Record<string, string> {
  return Object.fromEntries(
    Object.entries(words).flatMap(([key, value]) =>
      typeof value === "string" ? [[prefix + key, value]] : Object.entries(flat(value, `${prefix}${key}/`)),
    ),
  );
}

const named = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]).sort();

describe("the words of the portal", () => {
  const english = flat(en);
  const chinese = flat(zh);

  it("are there in both languages", () => {
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort());
  });

  it("name the same values in both", () => {
    for (const [key, text] of Object.entries(english)) expect(named(chinese[key] ?? ""), key).toEqual(named(text));
  });

  it("leave no English in Chinese but names", () => {
    const names = /Countersign|countersign person|English|Tab|Enter|SHA-256|camt|XML|UBL|CII|Factur-X|ZUGFeRD|DCSA eBL|JSON|PDF|CSV|XLSX|Excel|UTC|MiB|Ctrl K|\{\{\w+\}\}/g;
    for (const [key, text] of Object.entries(chinese)) expect(text.replace(names, ""), key).not.toMatch(/[A-Za-z]/);
  });
});

describe("the screens", () => {
  it("have no words of their own", () => {
    for (const folder of ["screens", "ui", "source", "signing", "upload"]) {
      const path = join(import.meta.dirname, "../../src", folder);
      for (const file of readdirSync(path, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".tsx"))) {
        const text = readFileSync(join(path, file), "utf8");
        // Text between tags that starts with a letter; expressions are in braces.
        expect([...text.matchAll(/<[A-Za-z][^<>]*[^=]>\s*([A-Za-z][^<>{}]*)<\//g)].map((m) => m[1]), file).toEqual([]);
      }
    }
  });
});
