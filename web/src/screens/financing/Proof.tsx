import { Group, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { count, shortDigest } from "../../ui/format";
import { Table } from "../../ui/Table";
import table from "../../ui/Table.module.css";
import { When } from "../../ui/When";
import classes from "./Financing.module.css";
import { useNames } from "../../api/names";
import type { Financing } from "./queries";

const acts = new Set(["request", "quote", "refuse", "decline", "lapse", "approve", "disburse", "repay"]);

/** Every step that the ledger holds of a case, who signed it, and where it stands. */
export function Proof({ of: f }: { of: Financing }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  if (!f.history || f.history.length === 0) return null;
  const word = (act: string) => {
    const own = act.replace(/^financing\./, "");
    return acts.has(own) ? t(`financing.act.${own as "request"}`) : t("financing.act.other");
  };
  return (
    <section className={classes.part}>
      <Group gap="md">
        <Title order={2}>{t("financing.proof")}</Title>
        {f.receivable && (
          <Link to="/trace/$id" params={{ id: f.receivable }} className={classes.link}>
            {t("search.trace")}
          </Link>
        )}
      </Group>
      <Table label={t("financing.proof")}>
        <thead>
          <tr>
            <th scope="col">{t("financing.step")}</th>
            <th scope="col">{t("financing.when")}</th>
            <th scope="col">{t("financing.signedBy")}</th>
            <th scope="col" className={table.number}>
              {t("financing.block")}
            </th>
            <th scope="col">{t("financing.transaction")}</th>
          </tr>
        </thead>
        <tbody>
          {f.history.map((s) => (
            <tr key={s.version}>
              <th scope="row" data-title={t("financing.step")}>{word(s.act)}</th>
              <td data-title={t("financing.when")}>
                <When at={s.at} />
              </td>
              <td data-title={t("financing.signedBy")}>{[...new Set(s.signers.map((x) => nameOf(x.organisation)))].join(t("financing.and"))}</td>
              <td className={table.number} data-title={t("financing.block")}>{count(s.block)}</td>
              <td className={table.hash} title={s.transaction} data-title={t("financing.transaction")}>
                {shortDigest(s.transaction)}
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </section>
  );
}
