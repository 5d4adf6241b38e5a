import { NativeSelect, Text, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, taken } from "../../api/client";
import { pack } from "../../api/queries";
import { amount } from "../../ui/format";
import { ProblemNote } from "../../ui/ProblemNote";
import { ReasonSheet, Sheet } from "../../ui/Sheet";
import { disputedOf, typed } from "./amounts";
import { newKey, type Payable } from "./queries";
import { useAct } from "./useAct";
import { useNames } from "./useConfirm";

type Props = { payable: Payable; onClose: () => void };

/** Refuses a claim that was not confirmed, with a reason. */
export function RejectSheet({ payable: p, onClose }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const act = useAct();
  return (
    <ReasonSheet
      title={t("payables.act.reject", { number: p.number })}
      label={t("payables.reject.reason")}
      missing={t("payables.reject.missing")}
      send={t("payables.reject.send")}
      onClose={onClose}
      onSend={(reason) =>
        act.mutateAsync({
          title: t("payables.act.reject", { number: p.number }),
          amount: p.face,
          counterparty: nameOf(p.seller),
          consequence: t("payables.consequence.reject"),
          prepare: () =>
            taken(
              api.POST("/v1/receivables/{receivable}/rejection", {
                params: { path: { receivable: p.id }, header: newKey() },
                body: { reason },
              }),
            ),
        })
      }
    >
      <Text size="sm">{t("payables.consequence.reject")}</Text>
    </ReasonSheet>
  );
}

/** Ends a dispute: what was disputed is released, or a credit note takes part of it away. */
export function ResolveSheet({ payable: p, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const nameOf = useNames();
  const most = disputedOf(p);
  const papers = useQuery({ ...pack(p.pack ?? "", i18n.language), enabled: Boolean(p.pack) });
  const notes = papers.data?.papers?.filter((d) => d.kind === "credit_note") ?? [];
  const [note, setNote] = useState("");
  const [sum, setSum] = useState(amount(most.amount, most.currency));
  const [cut, setCut] = useState("");
  const [reason, setReason] = useState("");
  const [faults, setFaults] = useState<{ sum?: string; cut?: string }>({});
  const act = useAct();

  const send = async () => {
    const wanted = typed(sum, most.currency);
    const diluted = note === "" ? { amount: "0", currency: most.currency } : typed(cut, most.currency);
    const wrong = t("payables.dispute.amountWrong", { currency: most.currency });
    setFaults({ ...(wanted ? {} : { sum: wrong }), ...(diluted ? {} : { cut: wrong }) });
    if (!wanted || !diluted) return;
    try {
      await act.mutateAsync({
        title: t("payables.act.resolve", { number: p.number }),
        amount: wanted,
        counterparty: nameOf(p.seller),
        consequence: t(note === "" ? "payables.consequence.release" : "payables.consequence.dilute", {
          amount: amount(diluted.amount, diluted.currency),
          currency: diluted.currency,
        }),
        prepare: () =>
          taken(
            api.POST("/v1/receivables/{receivable}/resolution", {
              params: { path: { receivable: p.id }, header: newKey() },
              body: {
                amount: wanted,
                diluted,
                reason: reason.trim() || t(note === "" ? "payables.resolve.released" : "payables.resolve.credited"),
                ...(note ? { credit_note: note } : {}),
              },
            }),
          ),
      });
      onClose();
    } catch {
      // It is shown below.
    }
  };

  return (
    <Sheet title={t("payables.act.resolve", { number: p.number })} onClose={onClose} onSend={send} busy={act.isPending} send={t("payables.resolve.send")}>
      <Text size="sm">{t("payables.resolve.text")}</Text>
      <TextInput
        data-autofocus
        label={t("payables.resolve.amount", { currency: most.currency })}
        inputMode="decimal"
        value={sum}
        error={faults.sum}
        onChange={(e) => setSum(e.currentTarget.value)}
      />
      <NativeSelect
        label={t("payables.resolve.note")}
        description={notes.length === 0 ? t("payables.resolve.noNotes") : undefined}
        value={note}
        onChange={(e) => setNote(e.currentTarget.value)}
        data={[
          { value: "", label: t("payables.resolve.none") },
          ...notes.map((d) => ({ value: d.id, label: d.number ?? d.file_name })),
        ]}
      />
      {note !== "" && (
        <TextInput
          label={t("payables.resolve.diluted", { currency: most.currency })}
          inputMode="decimal"
          value={cut}
          error={faults.cut}
          onChange={(e) => setCut(e.currentTarget.value)}
        />
      )}
      <Textarea
        label={t("payables.dispute.note")}
        maxLength={200}
        rows={2}
        value={reason}
        onChange={(e) => setReason(e.currentTarget.value)}
      />
      {act.isError && <ProblemNote error={act.error} />}
    </Sheet>
  );
}
