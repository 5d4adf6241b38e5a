import { Button, FileButton, Group, Modal, NativeSelect, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { IconPaperclip } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Problem, type Schemas, taken } from "../../api/client";
import { language } from "../../i18n";
import { amount } from "../../ui/format";
import { ProblemNote } from "../../ui/ProblemNote";
import { disputable, typed } from "./amounts";
import { newKey, type Payable } from "./queries";
import { useAct } from "./useAct";
import { useNames } from "./useConfirm";

export const codes = ["quantity", "quality", "price", "late_delivery", "not_delivered", "duplicate", "terms", "other"] as const;

/** Brings a paper that shows what is wrong into the trade's pack. */
async function bring(pack: string, file: File): Promise<string> {
  const answer = await fetch(`/v1/packs/${encodeURIComponent(pack)}/documents`, {
    method: "POST",
    headers: {
      "Content-Type": "application/octet-stream",
      "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      "Idempotency-Key": window.crypto.randomUUID(),
      "Accept-Language": language(),
    },
    body: file,
  });
  const said: unknown = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Problem(said as Partial<Schemas["Problem"]>, answer.status);
  return (said as Schemas["Document"]).id;
}

type Props = { payable: Payable; onClose: () => void };

/** A dispute: why, how much of it, a note, a paper. The amount is all that is not disputed yet. */
export function DisputeSheet({ payable: p, onClose }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const most = disputable(p);
  const [code, setCode] = useState<(typeof codes)[number] | "">("");
  const [sum, setSum] = useState(amount(most.amount, most.currency));
  const [note, setNote] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [faults, setFaults] = useState<{ code?: string; sum?: string }>({});
  const select = useRef<HTMLSelectElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const act = useAct();

  const send = async () => {
    const wanted = typed(sum, most.currency);
    const found = {
      ...(code === "" ? { code: t("payables.dispute.codeMissing") } : {}),
      ...(wanted ? {} : { sum: t("payables.dispute.amountWrong", { currency: most.currency }) }),
    };
    setFaults(found);
    if (code === "" || !wanted) {
      (code === "" ? select : input).current?.focus();
      return;
    }
    try {
      await act.mutateAsync({
        title: t("payables.act.dispute", { number: p.number }),
        amount: wanted,
        counterparty: nameOf(p.seller),
        consequence: t("payables.consequence.dispute"),
        prepare: async () => {
          const evidence = file && p.pack ? await bring(p.pack, file) : undefined;
          return taken(
            api.POST("/v1/receivables/{receivable}/dispute", {
              params: { path: { receivable: p.id }, header: newKey() },
              body: {
                amount: wanted,
                code,
                reason: note.trim() || t(`payables.code.${code}`),
                ...(evidence ? { evidence } : {}),
              },
            }),
          );
        },
      });
      onClose();
    } catch {
      // It is shown below.
    }
  };

  return (
    <Modal
      opened
      onClose={onClose}
      centered
      title={t("payables.act.dispute", { number: p.number })}
      closeButtonProps={{ "aria-label": t("common.close") }} attributes={{ header: { role: "presentation" } }}
    >
      <form
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          void send();
        }}
      >
        <Stack gap="sm">
          <NativeSelect
            ref={select}
            data-autofocus
            label={t("payables.dispute.code")}
            value={code}
            error={faults.code}
            onChange={(e) => setCode(e.currentTarget.value as typeof code)}
            data={[
              { value: "", label: t("payables.dispute.choose") },
              ...codes.map((value) => ({ value, label: t(`payables.code.${value}`) })),
            ]}
          />
          <TextInput
            ref={input}
            label={t("payables.dispute.amount", { currency: most.currency })}
            description={t("payables.dispute.most", { amount: amount(most.amount, most.currency), currency: most.currency })}
            inputMode="decimal"
            value={sum}
            error={faults.sum}
            onChange={(e) => setSum(e.currentTarget.value)}
          />
          <Textarea
            label={t("payables.dispute.note")}
            maxLength={160}
            rows={2}
            value={note}
            onChange={(e) => setNote(e.currentTarget.value)}
          />
          <Group gap="sm">
            <FileButton onChange={setFile}>
              {(props) => (
                <Button {...props} variant="default" size="compact-md" leftSection={<IconPaperclip size={16} aria-hidden />}>
                  {t("payables.dispute.paper")}
                </Button>
              )}
            </FileButton>
            <Text size="sm" c="dimmed">
              {file?.name ?? t("payables.dispute.paperText")}
            </Text>
          </Group>
          {act.isError && <ProblemNote error={act.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("signing.cancel")}
            </Button>
            <Button type="submit" loading={act.isPending}>
              {t("payables.dispute.send")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
