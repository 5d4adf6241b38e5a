// The papers of one trade between the people of a run, with numbers and days of its own: the same
// goods for the same amount on the same days are the same claim.
import { readFileSync } from "node:fs";
import { hybrid } from "./hybrid.mjs";
import { client, outcome, signWithSoftware } from "./person.mjs";

const fixture = new URL("../../../fixtures/living/trades/04-connectors/", import.meta.url);
const today = Date.now();

/** A day from today, as papers write it. */
export const day = (n) => new Date(today + n * 86_400_000).toISOString().slice(0, 10);

/** Order, receipt and invoice of a trade; earlier moves all of its days back. */
export function papers(number, earlier) {
  const names = [
    ["Dongguan Heling Connector Co., Ltd.", "Ningbo Lanqiao Castings Co., Ltd."],
    ["91441900XA4H2N8C2T", "91330212XA1Q7K2AXU"],
    ["Qingdao Luohai Appliance Co., Ltd.", "Cangning Equipment Co., Ltd."],
    ["91370212XA9L4H6E38", "91370211XA3C9M4B8L"],
    ["3901209904200110013", "3901209904172630018"],
    ["PL-60117", `PO-${number}`],
    ["HL-20391", `INV-${number}`],
    ["39960", "40000"],
  ];
  const read = (file) => {
    let text = readFileSync(new URL(file, fixture), "utf8");
    for (const [from, to] of names) text = text.replaceAll(from, to);
    return Buffer.from(text.replace(/\{\{day ([+-]\d+)\}\}/g, (_, n) => day(Number(n) - earlier)));
  };
  return { order: read("order.xml"), receipt: read("receipt-advice.json"), invoice: read("invoice.xml") };
}

/** What the seller brings: its invoice inside a PDF, and the order. */
export const filesOf = ({ number, papers: { order, invoice } }) => [
  { name: `invoice-${number}.pdf`, mimeType: "application/pdf", buffer: hybrid("xrechnung.xml", invoice) },
  { name: `order-${number}.xml`, mimeType: "application/xml", buffer: order },
];

/** The buyer has its order and its receipt in a trade pack, which an auditor may read. */
export async function brought({ title, papers: { order, receipt } }, buyer) {
  const who = await client(buyer);
  const pack = await who.post("/v1/packs", {
    title,
    parties: [
      { organisation: "LanqiaoMSP", side: "seller" },
      { organisation: "CangningMSP", side: "obligor" },
      { organisation: "QuillonMSP", side: "reader" },
    ],
  });
  await who.file(`/v1/packs/${pack.id}/documents`, "order.xml", order);
  await who.file(`/v1/packs/${pack.id}/documents`, "receipt.json", receipt);
  for (let n = 0; n < 600; n++) {
    const now = await who.get(`/v1/packs/${pack.id}`);
    if (now.papers.every((p) => p.state === "parsed")) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the buyer's papers were not read");
}

/** A programme that wants no papers besides those that every pack must hold, with a price as its rule. */
export async function programme(lender, checker, seller) {
  const intent = await lender.post("/v1/programmes", {
    seller: "LanqiaoMSP",
    obligor: "CangningMSP",
    limit: { amount: "50000000.00", currency: "CNY" },
    tenor_days: 180,
    agreement: "Deliveries by road, without a bill of lading",
    readers: ["QuillonMSP"],
  });
  for (const who of [lender, checker, seller]) await signWithSoftware(who, intent);
  const done = await outcome(lender, intent);
  if (done.state !== "committed") throw new Error(`the programme is ${done.state}`);
  await lender.put(`/v1/programmes/${intent.subjects[0].id}/pricing`, {
    advance_rate: "90",
    rate: "4.35",
    kind: "discount",
    day_count: "ACT/360",
    fee_rate: "0.1",
    fee_bearer: "seller",
    recourse: true,
  });
}
