import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useNames } from "../../api/names";
import { count, shortDigest } from "../../ui/format";
import { Table } from "../../ui/Table";
import table from "../../ui/Table.module.css";
import { Whole } from "../../ui/Whole";
import { When } from "../../ui/When";
import type { Trace } from "./queries";
import { useThing } from "./Timeline";
import { actWord } from "./words";

/** The steps on the ledger as rows. */
export function StepTable({ of }: { of: Trace }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const thing = useThing(of);
  const titled = (name: string) => ({ "data-title": t(`trace.column.${name}`) }); // on a phone rows are cards
  return (
    <>
      <Text size="sm" c="dimmed" mt={8}>
        {t("trace.tableAbout")}
      </Text>
      <Table label={t("trace.view.table")}>
        <thead>
          <tr>
            {(["when", "act", "thing", "signers", "standing"] as const).map((name) => (
              <th key={name} scope="col">
                {t(`trace.column.${name}`)}
              </th>
            ))}
            <th scope="col" className={table.number}>
              {t("trace.column.block")}
            </th>
            <th scope="col">{t("trace.transaction")}</th>
          </tr>
        </thead>
        <tbody>
          {of.events.map(({ kind, asset, step: s }) => (
            <tr key={`${asset}/${s.version}`}>
              <td {...titled("when")}>
                <When at={s.at} />
              </td>
              <th scope="row" className={table.wraps} {...titled("act")}>
                {actWord(t, s.act)}
              </th>
              <td className={table.wraps} {...titled("thing")}>
                <Whole text={thing(kind, asset)} />
              </td>
              <td className={table.wraps} {...titled("signers")}>
                {[...new Set(s.signers.map((x) => nameOf(x.organisation)))].join(t("trace.and")) || t("trace.nobody")}
              </td>
              <td {...titled("standing")}>{t("trace.moved", { version: s.version, phase: t(`trace.phase.${s.to}`) })}</td>
              <td className={table.number} {...titled("block")}>{count(s.block)}</td>
              <td className={table.hash} title={s.transaction} data-title={t("trace.transaction")}>
                {shortDigest(s.transaction)}
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  );
}
