import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, taken } from "../../api/client";
import { amount } from "../../ui/format";
import { ReasonSheet } from "../../ui/Sheet";
import { type Line, newKey } from "./queries";

/** Says why a credit pays no receivable. */
export function AsideSheet({ line, onClose }: { line: Line; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const send = async (reason: string) => {
    await taken(
      api.POST("/v1/statement-lines/{line}/set-aside", {
        params: { path: { line: line.id }, header: newKey() },
        body: { reason },
      }),
    );
    await Promise.all(["statements", "inbox"].map((key) => client.invalidateQueries({ queryKey: [key] })));
  };
  return (
    <ReasonSheet
      title={t("statements.aside.title")}
      send={t("statements.aside.go")}
      label={t("statements.aside.reason")}
      missing={t("statements.aside.missing")}
      most={160}
      onSend={send}
      onClose={onClose}
    >
      <div>
        <Text size="sm" fw={600}>
          {t("statements.chooser.text", {
            amount: `${amount(line.amount.amount, line.amount.currency)} ${line.amount.currency}`,
            payer: line.party_name || t("common.none"),
          })}
        </Text>
        <Text size="xs" translate="no">
          {line.remittance}
        </Text>
      </div>
      <Text size="sm" c="dimmed">
        {t("statements.aside.text")}
      </Text>
      <Text size="xs" c="dimmed">
        {t("statements.aside.example")}
      </Text>
    </ReasonSheet>
  );
}
