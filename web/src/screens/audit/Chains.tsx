import { ActionIcon, Group, Text, Title } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { useNames } from "../../api/names";
import { Badge } from "../../ui/Badge";
import { count, instant } from "../../ui/format";
import classes from "./Audit.module.css";

/** What the chains of the log were found to be, with how far each goes and its last hash. */
export function Chains({ report, onClose }: { report: Schemas["ChainReport"]; onClose: () => void }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls takes the keyboard
    <section className={classes.chains} aria-labelledby="chains" data-testid="chains" tabIndex={0}>
      <Group justify="space-between" wrap="nowrap">
        <Group gap={8}>
          <Title order={2} size="h4" id="chains">
            {t("audit.verify.title", { at: instant(report.at) })}
          </Title>
          <Badge tone={report.whole ? "good" : "bad"}>{t(report.whole ? "audit.verify.whole" : "audit.verify.broken")}</Badge>
        </Group>
        <ActionIcon variant="subtle" aria-label={t("common.close")} onClick={onClose}>
          <IconX size={16} />
        </ActionIcon>
      </Group>
      <table>
        <tbody>
          {report.chains.map((c) => (
            <tr key={`${c.source} ${c.organisation ?? ""}`}>
              <th scope="row">
                {c.source === "ledger" ? t("audit.verify.ledger") : t("audit.verify.log", { name: nameOf(c.organisation ?? "") })}
              </th>
              <td>
                <Badge tone={c.whole ? "good" : "bad"}>{t(c.whole ? "audit.verify.whole" : "audit.verify.broken")}</Badge>
                {c.break && (
                  <Text size="sm" role="alert">
                    {t(`audit.verify.${c.break}`, { at: count(c.break_at ?? 0) })}
                  </Text>
                )}
              </td>
              <td>{t("audit.verify.read", { count: c.length, shown: count(c.length) })}</td>
              <td>
                {t("audit.verify.head", {
                  head: c.length === 0 ? "—" : t(c.source === "ledger" ? "audit.block" : "audit.entry", { n: count(c.head) }),
                })}{" "}
                <code>{c.hash}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Text size="sm" c="dimmed" mt={8} maw={860}>
        {t("audit.verify.what")} {t("audit.verify.scope")}
      </Text>
    </section>
  );
}
