import { useTranslation } from "react-i18next";
import type { PaperDocument } from "../api/client";
import { amount, decimal } from "../ui/format";
import { Money } from "../ui/Money";
import classes from "./Reading.module.css";

// What was read of a paper, laid out as the paper would be. All of it is the paper's own words; an
// absent member was not stated.

type Party = Partial<Record<"name" | "vat" | "registration_id" | "lei" | "address" | "country", string>>;

type Line = Partial<Record<"name" | "seller_item_id" | "quantity" | "quantity_rejected" | "unit" | "unit_price" | "net" | "packages" | "gross_kg" | "lot", string>>;

type Fields = Partial<Record<"issue_date" | "due_date" | "delivery_date" | "currency" | "order_ref" | "contract_ref", string>> &
  Partial<Record<(typeof parties)[number], Party>> & {
    lines?: Line[];
    totals?: Partial<Record<(typeof totals)[number], string>>;
    transport?: Partial<Record<(typeof passage)[number], string>>;
    accounts?: Partial<Record<"iban" | "number" | "bic" | "holder", string>>[];
  };

const parties = ["seller", "buyer", "carrier", "warehouse", "consignee"] as const;
const registered = ["vat", "registration_id", "lei"] as const;
const days = ["issue_date", "due_date", "delivery_date", "order_ref"] as const;
const passage = ["vessel", "voyage", "port_of_loading", "port_of_discharge", "shipped_on_board"] as const;
const totals = ["lines", "tax_exclusive", "tax", "tax_inclusive", "prepaid", "payable", "packages", "gross_kg"] as const;

const has = <T extends string>(of: Partial<Record<T, unknown>> | undefined, names: readonly T[]): T[] =>
  of ? names.filter((n) => of[n] !== undefined && of[n] !== "" && of[n] !== "0001-01-01") : [];

/** Whether enough was read of a paper to lay it out. */
export function readable(paper: PaperDocument): boolean {
  const f = paper.fields as Fields | undefined;
  return paper.state === "parsed" && f !== undefined && (has(f, days).length > 0 || (f.lines?.length ?? 0) > 0);
}

function Lines({ lines, currency }: { lines: Line[]; currency: string }) {
  const { t, i18n } = useTranslation();
  const unit = (code: string | undefined, quantity: string) =>
    code && i18n.exists(`unit.${code}`) ? t(`unit.${code as "H87"}`, { count: Number(quantity) }) : (code ?? "");
  const priced = lines.some((l) => l.net ?? l.unit_price);
  const packed = !priced && lines.some((l) => l.packages ?? l.gross_kg);
  return (
    <table className={classes.lines}>
      <thead>
        <tr>
          <th scope="col">{t("fact.item")}</th>
          <th scope="col">{t("fact.quantity")}</th>
          {priced && <th scope="col">{t("fact.unit_price")}</th>}
          {priced && <th scope="col">{t("fact.line_net")}</th>}
          {packed && <th scope="col">{t("field.totals_packages")}</th>}
          {packed && <th scope="col">{t("field.totals_gross_kg")}</th>}
        </tr>
      </thead>
      <tbody>
        {lines.map((l, n) => (
          // oxlint-disable-next-line react/no-array-index-key -- the lines of a paper stand where they stand
          <tr key={n}>
            <th scope="row">
              {l.name}
              {(l.seller_item_id ?? l.lot) && <span className={classes.small}>{l.seller_item_id ?? l.lot}</span>}
            </th>
            <td>
              {l.quantity && `${decimal(l.quantity)} ${unit(l.unit, l.quantity)}`}
              {l.quantity_rejected && l.quantity_rejected !== "0" && (
                <span className={classes.small}>{t("document.rejected", { quantity: decimal(l.quantity_rejected) })}</span>
              )}
            </td>
            {priced && <td>{l.unit_price && <Money value={{ amount: l.unit_price, currency }} />}</td>}
            {priced && <td>{l.net && <Money value={{ amount: l.net, currency }} />}</td>}
            {packed && <td>{l.packages && decimal(l.packages)}</td>}
            {packed && <td>{l.gross_kg && decimal(l.gross_kg)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A paper as it was read. */
export function Reading({ paper, label }: { paper: PaperDocument; label: string }) {
  const { t } = useTranslation();
  const f = (paper.fields ?? {}) as Fields;
  const currency = f.currency ?? "";
  const sums = has(f.totals, totals);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a pane that scrolls takes the keyboard
    <section className={classes.pane} tabIndex={0} aria-label={label}>
      <div className={classes.sheet} translate="no">
        <p className={classes.title}>
          <strong>{paper.kind && t(`kind.${paper.kind}`)}</strong> {paper.number}
        </p>
        <div className={classes.parties}>
          {parties
            .filter((p) => f[p]?.name)
            .map((p) => (
              <div key={p}>
                <span className={classes.small}>{t(`field.${p}_name`)}</span>
                <strong>{f[p]?.name}</strong>
                {f[p]?.address && <span>{f[p].address}</span>}
                {has(f[p], registered).map((n) => (
                  <span key={n}>
                    <span className={classes.label}>{t(`typed.${n}`)}</span> {f[p]?.[n]}
                  </span>
                ))}
              </div>
            ))}
        </div>
        <dl className={classes.facts}>
          {has(f, days).map((d) => (
            <div key={d}>
              <dt>{t(`field.${d}`)}</dt>
              <dd>{f[d]}</dd>
            </div>
          ))}
          {has(f.transport, passage).map((d) => (
            <div key={d}>
              <dt>{t(`field.transport_${d}`)}</dt>
              <dd>{f.transport?.[d]}</dd>
            </div>
          ))}
        </dl>
        {f.lines && f.lines.length > 0 && <Lines lines={f.lines} currency={currency} />}
        {sums.length > 0 && (
          <dl className={classes.sums}>
            {sums.map((s) => (
              <div key={s} data-last={s === "payable" || undefined}>
                <dt>{t(`field.totals_${s}`)}</dt>
                <dd>
                  {s === "packages" || s === "gross_kg" ? (
                    decimal(f.totals?.[s] ?? "")
                  ) : (
                    <>
                      {amount(f.totals?.[s] ?? "", currency)} <small>{currency}</small>
                    </>
                  )}
                </dd>
              </div>
            ))}
          </dl>
        )}
        {f.accounts?.map((a) => (
          <p key={`${a.iban ?? ""}${a.number ?? ""}`} className={classes.account}>
            <span className={classes.small}>{t("fact.payee_account")}</span> {a.iban ?? a.number} {a.bic} {a.holder}
          </p>
        ))}
      </div>
    </section>
  );
}
