// Which screens there are, who sees them, and how one comes to what is shown there. The personas
// are those whom the demonstration names on its sign-in page.
import { use } from "./keyboard.mjs";
import { url } from "./rig.mjs";

/** The first of a list that the API gives, or nothing. */
const first = async (api, path, pick = () => true) => (await api.get(path)).items.find(pick);

const caseIn = (stage, to) => async (api) => {
  const found = await first(api, `/v1/financings?stage=${stage}&limit=1`);
  return found && to(found.id);
};
const paperThat = (query, to = (id) => `/documents/${id}`) => async (api) => {
  const found = await first(api, `/v1/documents?${query}&limit=1`);
  return found && to(found.id);
};
const packOf = (stage) => async (api) => {
  const found = await first(api, `/v1/financings?stage=${stage}&limit=1`);
  return found && `/packs/${found.pack}`;
};
const claimIn = (query, to = (id) => `/payables/${id}`) => async (api) => {
  const found = await first(api, `/v1/receivables?${query}&limit=1`);
  return found && to(found.id);
};
/** The statement with lines that wait (fixtures/living/trades/12-account-changed). */
const waitingStatement = async (api) => {
  const found = await first(api, "/v1/statements?limit=50", (s) => s.counts.some((c) => c.state === "waiting"));
  return found && `/statements/${found.id}`;
};
/** The case whose payee account is being changed (fixtures/living/trades/12-account-changed). */
const held = async (api) => {
  const found = await first(api, "/v1/financings?stage=submitted&limit=50", (f) => f.number === "HL-21838");
  return found && `/review/${found.id}`;
};
const personOf = (pick) => async (api) => {
  const found = await first(api, "/v1/persons", pick);
  return found && `/settings/team/${found.person}`;
};

/** Picks what a box stands for: with a key where only keys are used. */
const pick = async (page, box) => {
  if (!page.keys) return box.check({ force: true });
  if (!(await box.isChecked())) await use(page, box, " ");
};
const button = (page, name) => page.getByRole("button", { name, exact: true }).first();
/** What one does with the first line of a statement for which that is open. */
const ofLine = (page, { statements: { act, label } }, ...acts) => {
  const begins = acts.map((name) => label.split("{{amount}}")[0].replace("{{act}}", act[name]));
  return page.getByRole("button", { name: new RegExp(`^(${begins.join("|")})`) }).first();
};
const dialog = (page) => page.getByRole("dialog").first().waitFor();

/** What everybody has of their own. */
const own = [
  { name: "settings-keys", at: "/settings/keys" },
  { name: "settings-security", at: "/settings/security" },
  { name: "settings-preferences", at: "/settings/preferences" },
  { name: "settings-notifications", at: "/settings/notifications" },
];

const nobody = [
  { name: "sign-in", at: "/sign-in", act: (page, t) => page.getByRole("heading", { name: t.signIn.demoTitle }).waitFor() },
  { name: "verify", at: "/verify" },
  { name: "verify-unknown", at: `/verify?digest=${"0".repeat(64)}` },
];

const seller = [
  { name: "seller-home", at: "/" },
  { name: "seller-documents", at: "/documents" },
  {
    name: "seller-documents-chosen",
    at: "/documents",
    act: async (page) => {
      for (const n of [0, 1]) await pick(page, page.getByRole("table").getByRole("checkbox").nth(n));
    },
  },
  {
    name: "seller-documents-preview",
    at: "/documents",
    act: async (page, t) => {
      await page.keyboard.press("j");
      await page.keyboard.press(" ");
      await page.getByLabel(t.documents.preview).locator("canvas, pre, table").first().waitFor();
    },
  },
  { name: "seller-upload", at: "/upload" },
  { name: "seller-document-invoice", at: paperThat("kind=invoice&q=xml") },
  { name: "seller-document-pdf", at: paperThat("q=.pdf") },
  { name: "seller-fields", at: paperThat("state=needs_fields", (id) => `/documents/${id}/fields`) },
  { name: "seller-packs", at: "/packs" },
  { name: "seller-pack", at: packOf("financed") },
  { name: "seller-pack-failed", at: packOf("refused_by_rule") },
  {
    name: "seller-pack-compared",
    at: packOf("refused_by_rule"),
    act: async (page) => {
      await use(page, page.locator("button[data-state=contradicts]").first());
      await page.getByTestId("compare").waitFor(); // what it still fetches is waited for before the picture
    },
  },
  { name: "seller-financings", at: "/financings" },
  { name: "seller-case-offered", at: caseIn("quoted", (id) => `/financings/${id}`) },
  { name: "seller-case-financed", at: caseIn("financed", (id) => `/financings/${id}`) },
  { name: "seller-case-refused", at: caseIn("refused_by_rule", (id) => `/financings/${id}`) },
  { name: "seller-case-overdue", at: caseIn("overdue", (id) => `/financings/${id}`) },
  { name: "seller-calendar", at: "/calendar" },
  { name: "missing", at: "/nowhere" },
];

const obligor = [
  { name: "obligor-inbox", at: "/" },
  { name: "obligor-payables", at: "/payables" },
  {
    name: "obligor-payables-chosen",
    at: "/payables",
    act: (page) => pick(page, page.getByRole("checkbox").first()),
  },
  {
    name: "obligor-confirm-dialog",
    at: "/payables",
    act: async (page, t) => {
      await pick(page, page.getByRole("checkbox").nth(1));
      await use(page, button(page, t.payables.act.confirm_one.replace("{{count}}", "1")));
      await dialog(page);
    },
  },
  { name: "obligor-confirmed", at: "/payables?tab=confirmed" },
  { name: "obligor-disputed", at: "/payables?tab=disputed" },
  { name: "obligor-payable", at: claimIn("side=obligor&phase=ISSUED") },
  { name: "obligor-payable-open", at: claimIn("side=obligor&phase=OPEN") },
  {
    name: "obligor-dispute-sheet",
    at: claimIn("side=obligor&phase=OPEN"),
    act: async (page, t) => {
      await use(page, button(page, t.payables.dispute.button));
      await dialog(page);
    },
  },
  { name: "obligor-disputes", at: "/disputes" },
  { name: "obligor-calendar", at: "/calendar" },
  { name: "obligor-documents", at: "/documents" },
];

const bankMaker = [
  { name: "bank-inbox", at: "/" },
  { name: "bank-pipeline", at: "/pipeline" },
  { name: "bank-review-quote", at: caseIn("submitted", (id) => `/review/${id}`) },
  {
    name: "bank-review-check",
    at: caseIn("refused_by_rule", (id) => `/review/${id}?check=0`),
  },
  { name: "bank-review-financed", at: caseIn("financed", (id) => `/review/${id}`) },
  { name: "bank-review-held", at: held },
  { name: "bank-reports", at: "/reports" },
  { name: "bank-requests", at: "/requests" },
  { name: "bank-portfolio", at: "/portfolio" },
  { name: "bank-exposure", at: "/exposure" },
  { name: "bank-calendar", at: "/calendar" },
  { name: "bank-statements", at: "/statements" },
  { name: "bank-statement", at: waitingStatement },
  {
    name: "bank-statement-aside",
    at: waitingStatement,
    act: async (page, t) => {
      await use(page, ofLine(page, t, "setAside"));
      await dialog(page);
    },
  },
];

const bankChecker = [
  { name: "checker-inbox", at: "/" },
  { name: "checker-review", at: caseIn("checking", (id) => `/review/${id}`) },
  {
    name: "checker-approve-dialog",
    at: caseIn("checking", (id) => `/review/${id}`),
    act: async (page, t) => {
      await use(page, button(page, t.review.act.approve));
      await dialog(page);
    },
  },
];

const settling = [
  { name: "checker-statement", at: waitingStatement },
  {
    name: "checker-statement-choose",
    at: waitingStatement,
    act: async (page, t) => {
      await use(page, ofLine(page, t, "choose"));
      await dialog(page);
      await page.getByRole("radio").first().waitFor();
    },
  },
  {
    name: "checker-statement-dialog",
    at: waitingStatement,
    act: async (page, t) => {
      // Once it is prepared, as by the picture before, it waits to be signed.
      await use(page, ofLine(page, t, "record", "sign"));
      await dialog(page);
    },
  },
];

const risk = [
  { name: "risk-inbox", at: "/" },
  { name: "risk-exposure", at: "/exposure?by=obligor&table=true" },
];

const holder = (who) => [
  { name: `${who}-inbox`, at: "/" },
  { name: `${who}-documents`, at: "/documents" },
  { name: `${who}-document`, at: paperThat("") },
  { name: `${who}-upload`, at: "/upload" },
  { name: `${who}-packs`, at: "/packs" },
  { name: `${who}-requests`, at: "/requests" },
];

const auditor = [
  { name: "auditor-inbox", at: "/" },
  { name: "auditor-documents", at: "/documents" },
  { name: "auditor-packs", at: "/packs" },
  { name: "auditor-reports", at: "/reports" },
  { name: "auditor-audit", at: "/audit" },
  { name: "auditor-search", at: "/search" },
  {
    name: "auditor-search-found",
    at: async (api) => {
      const found = await first(api, "/v1/receivables?limit=1");
      return found && `/search?q=${encodeURIComponent(`"${found.number}"`)}`;
    },
  },
  { name: "auditor-trace", at: claimIn("phase=SETTLED", (id) => `/trace/${id}`) },
  { name: "auditor-trace-graph", at: claimIn("phase=SETTLED", (id) => `/trace/${id}?view=graph`) },
  { name: "auditor-trace-table", at: claimIn("phase=SETTLED", (id) => `/trace/${id}?view=table`) },
];

const operator = [
  { name: "operator-home", at: "/" },
  { name: "operator-audit", at: "/audit" },
  { name: "operator-team", at: "/settings/team" },
  { name: "operator-person", at: personOf((p) => p.state === "active") },
  { name: "operator-roles", at: "/settings/roles" },
  { name: "operator-programmes", at: "/settings/programmes" },
  { name: "operator-requests", at: "/settings/requests" },
];

// By the part that the demonstration gives a person; who signs something gets a passkey.
const parts = {
  seller_maker: { shows: [...seller, ...own], signs: true },
  obligor_maker: { shows: obligor, signs: true },
  obligor_checker: { shows: [{ name: "obligor-checker-inbox", at: "/" }] },
  bank_maker: { shows: bankMaker },
  bank_checker: { shows: [...bankChecker, ...settling], signs: true },
  bank_risk: { shows: risk },
  warehouse: { shows: holder("warehouse") },
  carrier: { shows: holder("carrier") },
  auditor: { shows: auditor },
  operator: { shows: operator },
};

/** Every screen by who sees it. A part that nobody plays is a fault of the demonstration. */
export async function visited() {
  const { personas } = await (await fetch(`${url}/v1/demo`)).json();
  const all = [{ who: "nobody", shows: nobody }];
  for (const [part, { shows, signs }] of Object.entries(parts)) {
    const { email } = personas.find((p) => p.part === part) ?? {};
    if (!email) throw new Error(`nobody plays ${part}`);
    all.push({ who: part, email, signs, shows });
  }
  return all;
}
