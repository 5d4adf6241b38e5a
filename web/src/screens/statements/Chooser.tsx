import { Button, Group, Loader, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNames } from "../../api/names";
import { amount } from "../../ui/format";
import { ProblemNote } from "../../ui/ProblemNote";
import { isZero } from "../../ui/sum";
import { Whole } from "../../ui/Whole";
import { minus } from "../payables/amounts";
import { type Amount, type Line, payableBy } from "./queries";
import classes from "./Statements.module.css";

type Props = { line: Line; onClose: () => void; onChosen: (match: NonNullable<Line["match"]>) => void };

const written = (a: Amount) => `${amount(a.amount, a.currency)} ${a.currency}`;

/** Chooses the receivable that a line pays, those of the very amount first. */
export function Chooser({ line, onClose, onChosen }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState("");
  const [fault, setFault] = useState("");
  const found = useQuery(payableBy(line, search.trim()));
  const exact = (due: Amount) => isZero(minus(due, line.amount));
  const items = (found.data ?? []).toSorted((a, b) => Number(exact(b.due)) - Number(exact(a.due)));
  const go = () => {
    const r = items.find((p) => p.id === chosen);
    if (!r) {
      setFault(t("statements.chooser.missing"));
      return;
    }
    onChosen({
      receivable: r.id,
      number: r.number,
      obligor: r.obligor,
      due_date: r.due_date,
      due: r.due,
      phase: r.phase,
      ...(r.assignment ? { financing: r.assignment.financing } : {}),
    });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      centered
      size="lg"
      title={t("statements.chooser.title")}
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
          <Text size="sm">
            {t("statements.chooser.text", { amount: written(line.amount), payer: line.party_name || t("common.none") })}
            <span className={classes.text} translate="no">
              {line.remittance}
            </span>
          </Text>
          <TextInput data-autofocus label={t("statements.chooser.find")} value={search} maxLength={64} onChange={(e) => setSearch(e.currentTarget.value)} />
          {found.isPending && <Loader size="sm" aria-label={t("common.loading")} />}
          {found.isError && <ProblemNote error={found.error} onRetry={() => void found.refetch()} />}
          {found.data && items.length === 0 && <Text size="sm">{t("statements.chooser.none", { currency: line.amount.currency })}</Text>}
          {items.length > 0 && (
            <fieldset className={classes.choices} aria-label={t("statements.chooser.pick")}>
              {items.map((r) => (
                <div key={r.id} className={classes.choice}>
                  <input
                    type="radio"
                    id={`pays-${r.id}`}
                    name="receivable"
                    checked={chosen === r.id}
                    onChange={() => setChosen(r.id)}
                  />
                  <label htmlFor={`pays-${r.id}`}>
                    <strong translate="no">{r.number}</strong>
                    <span className={classes.text}>
                      <Whole text={t("statements.chooser.of", { name: nameOf(r.obligor), day: r.due_date, amount: written(r.due) })} />
                    </span>
                  </label>
                </div>
              ))}
            </fieldset>
          )}
          {fault && (
            <Text size="sm" c="red" role="alert">
              {fault}
            </Text>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("signing.cancel")}
            </Button>
            <Button type="submit" disabled={items.length === 0}>
              {t("statements.chooser.go")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
