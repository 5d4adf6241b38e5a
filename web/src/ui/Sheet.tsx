import { Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "./ProblemNote";

type SheetProps = {
  title: string;
  send: string;
  busy: boolean;
  onSend: () => Promise<void> | void;
  onClose: () => void;
  children: ReactNode;
};

/** A form of an act in a dialog. */
export function Sheet({ title, send, busy, onSend, onClose, children }: SheetProps) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={onClose} centered title={title} closeButtonProps={{ "aria-label": t("common.close") }} attributes={{ header: { role: "presentation" } }}>
      <form
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          void onSend();
        }}
      >
        <Stack gap="sm">
          {children}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("signing.cancel")}
            </Button>
            <Button type="submit" loading={busy}>
              {send}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

type ReasonProps = {
  title: string;
  send: string;
  label: string;
  /** What is told when nothing was written. */
  missing: string;
  most?: number; // letters
  onSend: (reason: string) => Promise<unknown>;
  onClose: () => void;
  children?: ReactNode;
};

/** A dialog for an act that needs one thing written: why, or how one made sure. */
export function ReasonSheet({ title, send, label, missing, most = 200, onSend, onClose, children }: ReasonProps) {
  const [reason, setReason] = useState("");
  const [fault, setFault] = useState("");
  const box = useRef<HTMLTextAreaElement>(null);
  const go = useMutation({ mutationFn: onSend, onSuccess: onClose });
  const submit = () => {
    const said = reason.trim();
    setFault(said ? "" : missing);
    if (said) go.mutate(said);
    else box.current?.focus();
  };
  return (
    <Sheet title={title} send={send} busy={go.isPending} onSend={submit} onClose={onClose}>
      {children}
      <Textarea
        ref={box}
        data-autofocus
        label={label}
        maxLength={most}
        rows={3}
        value={reason}
        error={fault}
        onChange={(e) => setReason(e.currentTarget.value)}
      />
      {go.isError && <ProblemNote error={go.error} />}
    </Sheet>
  );
}
