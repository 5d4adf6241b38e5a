import { Text, Title } from "@mantine/core";
import { useSuspenseInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { me } from "../../api/queries";
import { Badge } from "../../ui/Badge";
import { Money } from "../../ui/Money";
import { disputedOf } from "./amounts";
import classes from "./Payables.module.css";
import { PhaseBadge } from "./PhaseBadge";
import { canSign, ownSide, payables } from "./queries";
import { useNames } from "./useConfirm";

/** What is disputed and not ended yet: why, how much, and whose turn it is. */
export function Disputes() {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const nameOf = useNames();
  const side = ownSide(actor);
  const { data } = useSuspenseInfiniteQuery(payables({ tab: "disputed", side }));
  const rows = data.pages.flatMap((p) => p.items);
  if (rows.length === 0) {
    return (
      <div className={classes.empty}>
        <Title order={1}>{t("payables.disputes.emptyTitle")}</Title>
        <Text c="dimmed" mb="md">
          {t("payables.disputes.emptyText")}
        </Text>
        <Link to="/payables" search={{ tab: "confirmed" }} className={classes.plainLink}>
          {t("payables.disputes.where")}
        </Link>
      </div>
    );
  }
  return (
    <div className={classes.all}>
      <div className={classes.head}>
        <Title order={1}>{t("payables.disputes.title")}</Title>
        <Text size="sm" c="dimmed" mb="sm" maw={760}>
          {t("payables.disputes.text")}
        </Text>
      </div>
      <div className={classes.scroller}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t("payables.column.number")}</th>
              <th scope="col">{t(side === "obligor" ? "payables.column.supplier" : "payables.column.buyer")}</th>
              <th scope="col">{t("payables.fact.reason")}</th>
              <th scope="col" className={classes.right}>
                {t("payables.column.disputed")}
              </th>
              <th scope="col" className={classes.right}>
                {t("payables.column.amount")}
              </th>
              <th scope="col">{t("payables.column.standing")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((p) => {
              const ending = p.pending?.find((i) => i.act === "receivable.resolve");
              return (
                <tr key={p.id}>
                  <th scope="row">
                    <Link to="/payables/$id" params={{ id: p.id }} className={classes.link}>
                      {p.number}
                    </Link>
                  </th>
                  <td className={classes.party}>{nameOf(side === "obligor" ? p.seller : p.obligor)}</td>
                  <td>{[p.reason_code ? t(`payables.code.${p.reason_code}`) : "", p.reason].filter(Boolean).join(" · ")}</td>
                  <td className={classes.right}>
                    <Money value={disputedOf(p)} />
                  </td>
                  <td className={classes.right} data-column="left">
                    <Money value={p.face} />
                  </td>
                  <td>
                    <span className={classes.badges}>
                      {ending ? (
                        <Badge tone="asked">{t(canSign(ending, actor) ? "payables.disputes.mine" : "payables.disputes.theirs")}</Badge>
                      ) : (
                        <PhaseBadge phase={p.phase} />
                      )}
                    </span>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </div>
  );
}
