import { Button, NativeSelect, Text } from "@mantine/core";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, taken } from "../../api/client";
import { me } from "../../api/queries";
import { Day, isDay } from "../../ui/Day";
import { ask } from "../../ui/ExportMenu";
import { ProblemNote } from "../../ui/ProblemNote";
import { mayRead } from "../audit/queries";
import { ownSide } from "../payables/queries";
import { type Choice, choicesOf, queryOf, reports } from "./queries";
import classes from "./Reports.module.css";

const formats = ["xlsx", "csv", "pdf"] as const;
type Format = (typeof formats)[number];
const periods = ["all", "month", "last", "year"] as const;

const iso = (year: number, month: number, day: number) => new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);

/** The first and the last day of a period, of which today is in or after. */
function daysOf(period: (typeof periods)[number]): [string, string] {
  const now = new Date();
  const [year, month] = [now.getFullYear(), now.getMonth()];
  switch (period) {
    case "month":
      return [iso(year, month, 1), iso(year, month + 1, 0)];
    case "last":
      return [iso(year, month - 1, 1), iso(year, month, 0)];
    case "year":
      return [iso(year, 0, 1), iso(year, 11, 31)];
    default:
      return ["", ""];
  }
}

/** Has a list made for a period. */
export function Make() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data: actor } = useSuspenseQuery(me);
  const choices = choicesOf(actor, mayRead(actor));
  const [choice, setChoice] = useState<Choice>(choices[0] ?? "documents");
  const [format, setFormat] = useState<Format>("xlsx");
  const [[from, until], setDays] = useState<[string, string]>(["", ""]);
  const wrong = (from !== "" && !isDay(from)) || (until !== "" && (!isDay(until) || until < from));
  const make = useMutation({
    mutationFn: () =>
      choice === "held"
        ? taken(
            api.POST("/v1/reports", {
              params: { header: { "Idempotency-Key": crypto.randomUUID() } },
              body: { kind: "audit", format, ...(from ? { from } : {}), ...(until ? { to: until } : {}) },
            }),
          )
        : ask({ list: choice, query: queryOf(choice, ownSide(actor), from, until), format }),
    onSettled: () => client.invalidateQueries({ queryKey: reports.queryKey }),
  });
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (!wrong) make.mutate();
  };
  const periodic = choice !== "packs";
  return (
    <form className={classes.make} onSubmit={submit} aria-label={t("reports.make")} noValidate>
      <NativeSelect
        size="xs"
        label={t("reports.list")}
        data={choices.map((value) => ({ value, label: t(`reports.kind.${value === "audit" ? "log" : value === "held" ? "audit" : value}`) }))}
        value={choice}
        onChange={(e) => setChoice(e.currentTarget.value as Choice)}
      />
      {periodic && (
        <>
          <NativeSelect
            size="xs"
            label={t("reports.period.label")}
            data={periods.map((value) => ({ value, label: t(`reports.period.${value}`) }))}
            value={periods.find((p) => daysOf(p).join() === [from, until].join()) ?? "all"}
            onChange={(e) => setDays(daysOf(e.currentTarget.value as (typeof periods)[number]))}
          />
          <div className={classes.days}>
            <Day label={t("reports.from")} value={from} onChange={(day) => setDays([day ?? "", until])} />
            {choice !== "calendar" && (
              <Day label={t("reports.to")} value={until} onChange={(day) => setDays([from, day ?? ""])} />
            )}
          </div>
        </>
      )}
      <NativeSelect
        size="xs"
        label={t("reports.format")}
        data={formats.map((value) => ({ value, label: t(`export.${value}`) }))}
        value={format}
        onChange={(e) => setFormat(e.currentTarget.value as Format)}
      />
      <Button type="submit" size="xs" loading={make.isPending} disabled={wrong}>
        {t("reports.submit")}
      </Button>
      <Text size="xs" c="dimmed" className={classes.what}>
        {wrong ? t("reports.wrongDay") : t(`reports.what.${choice === "held" ? "financingsHeld" : choice}`)}
      </Text>
      {make.error && <ProblemNote error={make.error} />}
    </form>
  );
}
