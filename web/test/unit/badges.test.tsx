import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import en from "../../src/i18n/en";
import type { Words } from "../../src/i18n/words";
import zh from "../../src/i18n/zh-CN";
import { tones as alerts } from "../../src/screens/bank/Alert";
import { tones as outcomes } from "../../src/screens/bank/Checks";
import { tones as stages } from "../../src/screens/bank/StageBadge";
import { tones as papers } from "../../src/screens/documents/badges";
import { tones as cases } from "../../src/screens/financing/status";
import { tones as cells } from "../../src/screens/Matrix";
import { tones as answers } from "../../src/screens/Packs";
import { tones as rows } from "../../src/screens/payables/List";
import { tones as reports } from "../../src/screens/reports/Reports";
import { tones as requests } from "../../src/screens/requests/RequestList";
import { tones as keys } from "../../src/screens/settings/KeyList";
import { tones as persons } from "../../src/screens/settings/Team";
import { tones as lines } from "../../src/screens/statements/useLineColumns";
import { tones as phases } from "../../src/screens/trace/tones";
import { tones as uploads } from "../../src/upload/TrayPanel";
import { Badge, icons, type Tone } from "../../src/ui/Badge";

/** Every family of statuses: where its words stand, and the tone of each. */
const families: Record<string, Record<string, Tone>> = {
  "exposure.alert": alerts,
  "review.outcome": outcomes,
  "pipeline.stage": stages,
  state: papers,
  "financing.status": cases,
  cell: cells,
  answer: answers,
  "payables.result.row": rows,
  "reports.state": reports,
  "requests.state": requests,
  "settings.keys.state": keys,
  "settings.team.states": persons,
  "statements.state": lines,
  "trace.phase": phases,
  upload: uploads,
};

/** Words that stand elsewhere than under the name of their status. */
const elsewhere: Record<string, string> = { "upload.too-large": "upload.failed" };

function said(words: Words, path: string): string {
  const found = (elsewhere[path] ?? path).split(".").reduce<string | Words | undefined>((at, key) => (typeof at === "object" ? at[key] : at), words);
  return typeof found === "string" ? found.toLowerCase() : "";
}

const all = Object.entries(families).flatMap(([family, tones]) =>
  Object.entries(tones).map(([status, tone]) => ({ path: `${family}.${status}`, family, status, tone })),
);

describe("every status", () => {
  it("has a word in both languages", () => {
    for (const { path } of all) {
      expect(said(en, path), `${path} in English`).not.toBe("");
      expect(said(zh, path), `${path} in Chinese`).not.toBe("");
    }
  });

  it("is drawn with an icon and its word", () => {
    for (const { path, tone } of all) {
      const drawn = renderToStaticMarkup(<Badge tone={tone}>{said(en, path)}</Badge>);
      expect(drawn, path).toContain("<svg");
      expect(drawn.replace(/<[^>]*>/g, "").length, path).toBeGreaterThan(0);
    }
  });

  it("differs from others of its kind by its word, not by colour alone", () => {
    for (const words of [en, zh]) {
      const alike = all.filter(
        (one) => !elsewhere[one.path] && all.some((o) => o.family === one.family && o.path < one.path && said(words, o.path) === said(words, one.path)),
      );
      expect(alike.map((one) => `${one.path}: ${said(words, one.path)}`)).toEqual([]);
    }
  });

  it("has one look for one word, on whatever screen", () => {
    for (const words of [en, zh]) {
      const torn = all.filter((one) => all.some((o) => o.tone !== one.tone && said(words, o.path) === said(words, one.path)));
      expect(torn.map((one) => `${said(words, one.path)}: ${one.path} is ${one.tone}`).sort()).toEqual([]);
    }
  });
});

describe("every tone", () => {
  it("has an icon of its own", () => {
    expect(new Set(Object.values(icons)).size).toBe(Object.keys(icons).length);
  });
});

describe("the screens", () => {
  it("have no tones of statuses that are not looked at here", () => {
    const source = join(import.meta.dirname, "../../src");
    const tables = readdirSync(source, { recursive: true, encoding: "utf8" })
      .filter((f) => /\.tsx?$/.test(f))
      .flatMap((f) => [...readFileSync(join(source, f), "utf8").matchAll(/^(?:export )?const \w+: (?:Partial<)?Record<[^=]*\bTone>/gm)].map(() => f));
    expect(tables.sort().length, tables.join("\n")).toBe(Object.keys(families).length);
  });
});
