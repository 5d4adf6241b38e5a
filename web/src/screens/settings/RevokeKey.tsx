import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas, taken } from "../../api/client";
import { type Key, keys } from "../../signing/keys";
import { ProblemNote } from "../../ui/ProblemNote";
import classes from "./Settings.module.css";

/** Revokes a key: this node stops taking it at once when it is one's own; two admins sign. */
export function RevokeKey({ person, subject }: { person: string; subject: Key }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const box = useRef<HTMLInputElement>(null);
  const revoke = useMutation({
    mutationFn: (): Promise<Schemas["Intent"]> =>
      taken(
        api.POST("/v1/persons/{person}/keys/{key}/revocation", {
          body: { reason: reason.trim() },
          params: { path: { person, key: subject.id }, header: { "Idempotency-Key": crypto.randomUUID() } },
        }),
      ),
    onSuccess: async () => {
      setOpen(false);
      await client.invalidateQueries({ queryKey: keys.queryKey });
    },
  });
  const name = subject.name || t("settings.keys.first");
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpen(true)} aria-label={t("settings.keys.revokeTitle", { name })}>
        {t("settings.keys.revoke")}
      </Button>
      <Modal.Root opened={open} onClose={() => setOpen(false)} centered>
        <Modal.Overlay />
        <Modal.Content>
          <form
            noValidate
            onSubmit={(e) => {
              e.preventDefault();
              setMissing(reason.trim() === "");
              if (reason.trim() === "") box.current?.focus();
              else revoke.mutate();
            }}
          >
            <Stack gap="md" p="md">
              <Modal.Title className={classes.name}>{t("settings.keys.revokeTitle", { name })}</Modal.Title>
              <Text size="sm">{t("settings.keys.revokeText")}</Text>
              <TextInput
                ref={box}
                data-autofocus
                label={t("settings.keys.reason")}
                description={t("settings.keys.reasonText")}
                value={reason}
                maxLength={200}
                error={missing && t("settings.keys.reasonMissing")}
                onChange={(e) => setReason(e.currentTarget.value)}
              />
              {revoke.isError && <ProblemNote error={revoke.error} />}
              <Group justify="flex-end" gap="xs">
                <Button variant="default" onClick={() => setOpen(false)}>
                  {t("signing.cancel")}
                </Button>
                <Button type="submit" color="red" loading={revoke.isPending}>
                  {t("settings.keys.revokeNow")}
                </Button>
              </Group>
            </Stack>
          </form>
        </Modal.Content>
      </Modal.Root>
    </>
  );
}
