import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, taken } from "../../api/client";
import { ProblemNote } from "../../ui/ProblemNote";
import { type Line, newKey } from "./queries";

/** Says why a credit pays no receivable. */
export function AsideSheet({ line, onClose }: { line: Line; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const [fault, setFault] = useState("");
  const box = useRef<HTMLInputElement>(null);
  const send = useMutation({
    mutationFn: () =>
      taken(
        api.POST("/v1/statement-lines/{line}/set-aside", {
          params: { path: { line: line.id }, header: newKey() },
          body: { reason: reason.trim() },
        }),
      ),
    onSuccess: async () => {
      await Promise.all(["statements", "inbox"].map((key) => client.invalidateQueries({ queryKey: [key] })));
      onClose();
    },
  });
  const go = () => {
    if (reason.trim() === "") {
      setFault(t("statements.aside.missing"));
      box.current?.focus();
      return;
    }
    setFault("");
    send.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      centered
      title={t("statements.aside.title")}
      closeButtonProps={{ "aria-label": t("common.close") }}
      attributes={{ header: { role: "presentation" } }}
    >
      <form
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          go();
        }}
      >
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {t("statements.aside.text")}
          </Text>
          <TextInput
            ref={box}
            data-autofocus
            label={t("statements.aside.reason")}
            description={t("statements.aside.example")}
            maxLength={160}
            value={reason}
            error={fault}
            onChange={(e) => setReason(e.currentTarget.value)}
          />
          {send.isError && <ProblemNote error={send.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("signing.cancel")}
            </Button>
            <Button type="submit" loading={send.isPending}>
              {t("statements.aside.go")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
