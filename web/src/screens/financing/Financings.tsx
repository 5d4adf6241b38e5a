import { Text, Title } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { instant, instantLong } from "../../ui/format";
import { Money } from "../../ui/Money";
import classes from "./Financing.module.css";
import { useNames } from "../../api/names";
import { financings } from "./queries";
import { StatusBadge, statusOf } from "./status";

/** What was asked for, and how far each case is. */
export function Financings() {
  const { t } = useTranslation();
  const { data } = useSuspenseQuery(financings);
  const nameOf = useNames();
  if (data.items.length === 0) {
    return (
      <div className={classes.empty}>
        <Title order={1}>{t("financing.empty.title")}</Title>
        <Text c="dimmed">{t("financing.empty.text")}</Text>
      </div>
    );
  }
  return (
    <div className={classes.all}>
      <Title order={1} mb="md">
        {t("financing.title")}
      </Title>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a table that scrolls takes the keyboard */}
      <section className={classes.scroller} tabIndex={0} aria-label={t("financing.title")}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t("financing.bank")}</th>
              <th scope="col" className={classes.number}>
                {t("financing.face")}
              </th>
              <th scope="col">{t("financing.due")}</th>
              <th scope="col">{t("financing.state")}</th>
              <th scope="col" className={classes.number}>
                {t("financing.cash")}
              </th>
              <th scope="col">{t("financing.requested")}</th>
            </tr>
          </thead>
          <tbody>
            {data.items.map((f) => (
              <tr key={f.id}>
                <th scope="row">
                  <Link to="/financings/$id" params={{ id: f.id }} className={classes.link}>
                    {nameOf(f.bank)}
                  </Link>
                </th>
                <td className={classes.number}>{f.amount && <Money value={f.amount} />}</td>
                <td>{f.due_date ?? ""}</td>
                <td>
                  <StatusBadge status={statusOf(f)} />
                </td>
                <td className={classes.number}>{f.terms && <Money value={f.terms.cash} />}</td>
                <td>
                  {f.requested_at && (
                    <time dateTime={f.requested_at} title={instantLong(f.requested_at)}>
                      {instant(f.requested_at)}
                    </time>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
