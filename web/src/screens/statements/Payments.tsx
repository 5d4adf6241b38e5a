import { useQueries, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { me } from "../../api/queries";
import type { Schemas } from "../../api/client";
import { Money } from "../../ui/Money";
import { linesPaying, statement } from "./queries";
import { useStatementName } from "./Statements";
import classes from "./Statements.module.css";

/** What was paid of a receivable, each with the line of the statement that shows it, to its owner. */
export function Payments({ of: held, className }: { of: Schemas["Receivable"] | null | undefined; className?: string | undefined }) {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const nameOf = useStatementName();
  const payments = held?.payments ?? [];
  const { data: lines } = useQuery({ ...linesPaying(held?.id ?? ""), enabled: payments.length > 0 && held?.owner === actor.organisation });
  const ids = [...new Set((lines?.items ?? []).map((l) => l.statement))];
  const shown = useQueries({ queries: ids.map((id) => statement(id)) });
  if (payments.length === 0) return null;
  return (
    <section className={className} aria-label={t("statements.payments.title")} data-testid="payments">
      <ul className={classes.payments}>
        {payments.map((p) => {
          const line = lines?.items.find((l) => l.id === p.id);
          const of = shown.find((q) => q.data?.id === line?.statement)?.data;
          return (
            <li key={p.id}>
              {t("statements.payments.on", { day: p.value_date })} <Money value={p.amount} />{" "}
              {line && of ? (
                <>
                  {t("statements.payments.by", { line: line.position + 1 })}{" "}
                  <Link to="/statements/$id" params={{ id: line.statement }} className={classes.link} translate="no">
                    {nameOf(of)}
                  </Link>
                </>
              ) : (
                t("statements.payments.proof")
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
