import { Group, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, type Schemas, taken } from "../../api/client";
import { Badge } from "../../ui/Badge";
import { Money } from "../../ui/Money";
import { decimal, instant } from "../../ui/format";
import type { Review } from "./queries";
import classes from "./Review.module.css";

export type Quote = Schemas["QuoteFinancing"];

/** The price that a quote begins with; absent where a person must name all of it. */
export function begun(review: Review): Quote {
  const o = review.offer;
  const rule = o?.rule;
  const lapses = o && new Date(o.lapses_at) > new Date() ? o.lapses_at : inThreeDays();
  return {
    advance_rate: rule?.advance_rate ?? "",
    rate: rule?.rate ?? "",
    kind: rule?.kind ?? "discount",
    day_count: rule?.day_count ?? "ACT/360",
    fee_rate: rule?.fee_rate ?? "0",
    fee_bearer: rule?.fee_bearer ?? "seller",
    recourse: rule?.recourse ?? true,
    value_date: o?.value_date ?? "",
    lapses_at: lapses,
  };
}

const day = 24 * 60 * 60 * 1000;
const inThreeDays = () => `${new Date(Date.now() + 3 * day).toISOString().slice(0, 19)}Z`;

export const priced = (q: Quote) => q.advance_rate !== "" && q.rate !== "" && q.value_date !== "";

/** What a quote comes to, as the server adds it up. */
export function usePrice(review: Review, quote: Quote, wanted: boolean) {
  const id = review.financing.id;
  return useQuery({
    queryKey: ["price", id, review.financing.version, quote],
    queryFn: () =>
      taken(api.POST("/v1/financings/{financing}/price", { params: { path: { financing: id } }, body: quote })),
    enabled: wanted && priced(quote),
    placeholderData: (before) => before,
    retry: false,
  });
}

type Props = { review: Review; quote: Quote; terms: Schemas["Terms"] | undefined };

/** Stages in which a quote still runs or may be sent: later none can lapse. */
const quotable = new Set<Review["financing"]["stage"]>(["submitted", "returned", "quoted"]);

/** The price in figures, with where it comes from and what differs from the bank's rule. */
export function Price({ review, quote, terms }: Props) {
  const { t } = useTranslation();
  const offer = review.offer;
  const x = terms ?? offer?.terms;
  if (!offer) return null;
  const rows: [string, React.ReactNode][] = x
    ? [
        [t("review.price.advance", { rate: decimal(x.advance_rate) }), <Money key="a" value={x.advance} />],
        [
          t(`review.price.${x.kind}`, { rate: decimal(x.rate), days: x.days, count: x.days, convention: x.day_count }),
          <Money key="c" value={x.charge} />,
        ],
        [t(`review.price.fee.${x.fee_bearer}`, { rate: decimal(x.fee_rate) }), <Money key="f" value={x.fee} />],
        [t("review.price.cash", { date: x.value_date }), <strong key="m"><Money value={x.cash} /></strong>],
        [t("review.price.repayable", { date: x.due_date }), <Money key="r" value={x.repayable} />],
        [t("review.price.allIn"), <strong key="i">{t("financing.percent", { value: decimal(x.all_in_rate) })}</strong>],
      ]
    : [];
  return (
    <section className={classes.block} aria-label={t("review.price.title")}>
      <div className={classes.blockHead}>
        <h2>{t("review.price.title")}</h2>
        <Badge tone={offer.source === "policy" ? "good" : offer.source === "none" ? "attention" : "quiet"}>
          {t(`review.price.source.${offer.source}`)}
        </Badge>
        {offer.policy && offer.source === "quoted" && (
          <Badge tone={offer.deviates.length === 0 ? "good" : "attention"}>
            {offer.deviates.length === 0
              ? t("review.price.asPolicy")
              : t("review.price.deviates", { what: offer.deviates.map((d) => t(`review.price.member.${d as "rate"}`)).join(t("review.comma")) })}
          </Badge>
        )}
      </div>
      <dl className={classes.figures}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className={classes.small}>
        {t("review.price.runs", {
          recourse: t(quote.recourse ? "review.price.recourse" : "review.price.noRecourse"),
          until: quotable.has(review.financing.stage)
            ? t("review.price.until", { when: instant(offer.source === "quoted" ? offer.lapses_at : quote.lapses_at) })
            : "",
        }).trim()}
      </p>
      {offer.fault && <p className={classes.small}>{offer.fault.action}</p>}
    </section>
  );
}

const percent = (text: string) => text.replace(",", ".").trim();

/** The members of a quote that a maker may change before it is sent. */
export function PriceForm({ quote, onChange }: { quote: Quote; onChange: (q: Quote) => void }) {
  const { t } = useTranslation();
  const set = (change: Partial<Quote>) => onChange({ ...quote, ...change });
  return (
    <details className={classes.form} open={!priced(quote) || undefined}>
      <summary>{t("review.price.change")}</summary>
      <Group gap={8} grow>
        <TextInput
          size="xs"
          label={t("review.price.member.advance_rate")}
          inputMode="decimal"
          value={quote.advance_rate}
          onChange={(e) => set({ advance_rate: percent(e.currentTarget.value) })}
        />
        <TextInput
          size="xs"
          label={t("review.price.member.rate")}
          inputMode="decimal"
          value={quote.rate}
          onChange={(e) => set({ rate: percent(e.currentTarget.value) })}
        />
        <TextInput
          size="xs"
          label={t("review.price.member.fee_rate")}
          inputMode="decimal"
          value={quote.fee_rate}
          onChange={(e) => set({ fee_rate: percent(e.currentTarget.value) })}
        />
      </Group>
      <Group gap={8} grow mt={4}>
        <TextInput
          size="xs"
          type="date"
          label={t("review.price.valueDate")}
          value={quote.value_date}
          onChange={(e) => set({ value_date: e.currentTarget.value })}
        />
        <NativeSelect
          size="xs"
          label={t("review.price.member.recourse")}
          data={[
            { value: "yes", label: t("review.price.with") },
            { value: "no", label: t("review.price.without") },
          ]}
          value={quote.recourse ? "yes" : "no"}
          onChange={(e) => set({ recourse: e.currentTarget.value === "yes" })}
        />
      </Group>
    </details>
  );
}
