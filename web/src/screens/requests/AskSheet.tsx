import { Button, Group, Modal, NativeSelect, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Pack, type Schemas, taken } from "../../api/client";
import { useNames } from "../../api/names";
import { me } from "../../api/queries";
import { isDay } from "../../ui/Day";
import { ProblemNote } from "../../ui/ProblemNote";
import { newKey } from "./queries";

type Kind = Schemas["DocumentKind"];

const kinds = [
  "purchase_order",
  "order_response",
  "invoice",
  "credit_note",
  "debit_note",
  "despatch_advice",
  "receipt_advice",
  "bill_of_lading",
  "warehouse_receipt",
  "packing_list",
  "customs_declaration",
  "payment_advice",
] as const satisfies readonly Kind[];

/** What is asked for, where it is known already. */
export type Wanted = { organisation?: string; kind?: Kind };

type Props = { pack: Pack; wanted: Wanted; onClose: () => void };

/** Asks another party of the trade for a paper: whom, which, until when, why. */
export function AskSheet({ pack, wanted, onClose }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const client = useQueryClient();
  const { data: actor } = useSuspenseQuery(me);
  const parties = pack.parties.filter((p) => p.side !== "reader" && p.organisation !== actor.organisation);
  const [organisation, setOrganisation] = useState(wanted.organisation ?? "");
  const [kind, setKind] = useState<Kind | "">(wanted.kind ?? "");
  const [due, setDue] = useState("");
  const [note, setNote] = useState("");
  const [faults, setFaults] = useState<{ organisation?: string; kind?: string; due?: string }>({});
  const whom = useRef<HTMLSelectElement>(null);
  const what = useRef<HTMLSelectElement>(null);
  const until = useRef<HTMLInputElement>(null);
  const send = useMutation({
    mutationFn: async (body: Schemas["AskForPaper"]) =>
      taken(api.POST("/v1/packs/{pack}/paper-requests", { params: { path: { pack: pack.id }, header: newKey() }, body })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["paper-requests"] });
      onClose();
    },
  });

  const ask = () => {
    const day = due.trim();
    const found = {
      ...(organisation === "" ? { organisation: t("requests.ask.whomMissing") } : {}),
      ...(kind === "" ? { kind: t("requests.ask.kindMissing") } : {}),
      ...(day !== "" && !isDay(day) ? { due: t("requests.ask.dueWrong") } : {}),
    };
    setFaults(found);
    if (organisation === "") whom.current?.focus();
    else if (kind === "") what.current?.focus();
    else if ("due" in found) until.current?.focus();
    else send.mutate({ organisation, kind, note: note.trim(), ...(day ? { due: day } : {}) });
  };

  return (
    <Modal
      opened
      onClose={onClose}
      centered
      title={t("requests.ask.title")}
      closeButtonProps={{ "aria-label": t("common.close") }}
      attributes={{ header: { role: "presentation" } }}
    >
      <form
        noValidate
        onSubmit={(e) => {
          e.preventDefault();
          ask();
        }}
      >
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {t("requests.ask.text")}
          </Text>
          <NativeSelect
            ref={whom}
            data-autofocus
            label={t("requests.ask.whom")}
            value={organisation}
            error={faults.organisation}
            onChange={(e) => setOrganisation(e.currentTarget.value)}
            data={[
              { value: "", label: t("requests.ask.choose") },
              ...parties.map((p) => ({ value: p.organisation, label: `${nameOf(p.organisation)} (${t(`side.${p.side}`)})` })),
            ]}
          />
          <NativeSelect
            ref={what}
            label={t("requests.ask.kind")}
            value={kind}
            error={faults.kind}
            onChange={(e) => setKind(e.currentTarget.value as Kind | "")}
            data={[{ value: "", label: t("requests.ask.choose") }, ...kinds.map((value) => ({ value, label: t(`kind.${value}`) }))]}
          />
          <TextInput
            ref={until}
            label={t("requests.ask.due")}
            description={t("requests.ask.dueText")}
            placeholder={t("payables.day")}
            value={due}
            error={faults.due}
            onChange={(e) => setDue(e.currentTarget.value)}
          />
          <Textarea
            label={t("requests.ask.note")}
            maxLength={160}
            rows={2}
            value={note}
            onChange={(e) => setNote(e.currentTarget.value)}
          />
          {send.isError && <ProblemNote error={send.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("signing.cancel")}
            </Button>
            <Button type="submit" loading={send.isPending}>
              {t("requests.ask.send")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
