import { Button, Group, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, taken } from "../../api/client";
import { me } from "../../api/queries";
import { Cancelled, useSigning } from "../../signing/signing";
import { instant } from "../../ui/format";
import { Money } from "../../ui/Money";
import { ProblemNote } from "../../ui/ProblemNote";
import { Whole } from "../../ui/Whole";
import { ReasonSheet } from "../../ui/Sheet";
import classes from "./Financing.module.css";
import { useNames } from "../../api/names";
import type { Financing } from "./queries";
import { withdraw } from "./request";
import { StatusBadge, statusOf } from "./status";

const key = () => ({ "Idempotency-Key": window.crypto.randomUUID() });

/** Accepting and declining, each signed by the person's own key. */
function useAnswers() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const nameOf = useNames();
  const { sign } = useSigning();
  const signed = async (intent: Parameters<typeof withdraw>[0][number], f: Financing, act: "accept" | "decline") => {
    try {
      await sign({
        title: t(`financing.${act}.title`, { bank: nameOf(f.bank) }),
        ...(act === "accept" && f.terms ? { amount: f.terms.cash } : {}),
        counterparty: nameOf(f.bank),
        consequence: t(`financing.${act}.consequence`),
        intents: [intent],
      });
    } catch (error) {
      await withdraw([intent]);
      throw error;
    }
  };
  const after = {
    onSuccess: async () => {
      await Promise.all([
        client.invalidateQueries({ queryKey: ["financing"] }),
        client.invalidateQueries({ queryKey: ["financings"] }),
        client.invalidateQueries({ queryKey: ["receivable"] }),
      ]);
    },
  };
  const accept = useMutation({
    mutationFn: async (f: Financing) => {
      const intent = await taken(
        api.POST("/v1/financings/{financing}/acceptance", { params: { path: { financing: f.id }, header: key() }, body: {} }),
      );
      await signed(intent, f, "accept");
      return f.id;
    },
    ...after,
  });
  const decline = useMutation({
    mutationFn: async ({ f, reason }: { f: Financing; reason: string }) => {
      const intent = await taken(
        api.POST("/v1/financings/{financing}/decline", {
          params: { path: { financing: f.id }, header: key() },
          body: { reason },
        }),
      );
      await signed(intent, f, "decline");
    },
    ...after,
  });
  return { accept, decline };
}

/** What the banks offer for one receivable, side by side. */
export function Quotes({ of: mine, all, heldFor }: { of: Financing; all: Financing[]; heldFor: string | undefined }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { data: actor } = useSuspenseQuery(me);
  const { accept, decline } = useAnswers();
  const [declining, setDeclining] = useState<Financing>();
  const list = [mine, ...all.filter((f) => f.id !== mine.id)].filter((f) => f.state !== "refused");
  if (!list.some((f) => f.terms)) return null;
  const seller = actor.organisation === mine.seller && actor.roles.includes("maker");
  const answerable = (f: Financing) => seller && f.phase === "QUOTED" && !heldFor && f.stage !== "accepting";
  const answers = list.some((f) => answerable(f) || f.stage === "accepting");
  const failed = accept.error instanceof Cancelled ? null : accept.error;
  return (
    <section className={classes.part}>
      <Title order={2}>{t("financing.quotes")}</Title>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a table that scrolls takes the keyboard */}
      <section className={classes.scroller} tabIndex={0} aria-label={t("financing.quotes")}>
        <table className={`${classes.table} ${classes.offers}`}>
          <thead>
            <tr>
              <th scope="col">{t("financing.bank")}</th>
              <th scope="col" className={classes.number}>
                {t("financing.allIn")}
              </th>
              <th scope="col" className={classes.number}>
                {t("financing.advance")}
              </th>
              <th scope="col" className={classes.number}>
                {t("financing.cost")}
              </th>
              <th scope="col" className={classes.number}>
                {t("financing.cash")}
              </th>
              <th scope="col">{t("financing.recourse")}</th>
              <th scope="col">{t("financing.state")}</th>
              {answers && <th scope="col" className={classes.answer}>{t("financing.answer")}</th>}
            </tr>
          </thead>
          <tbody>
            {list.map((f) => (
              <tr key={f.id}>
                <th scope="row">{nameOf(f.bank)}</th>
                <td className={classes.number} data-label={t("financing.allIn")}>{f.terms && t("financing.percent", { value: f.terms.all_in_rate })}</td>
                <td className={classes.number} data-label={t("financing.advance")}>{f.terms && <Money value={f.terms.advance} />}</td>
                <td className={classes.number} data-label={t("financing.cost")}>
                  {f.terms && <Money value={f.terms.charge} />}
                  {f.terms && (
                    <span className={classes.when}>
                      {t("financing.fee")} <Money value={f.terms.fee} />
                    </span>
                  )}
                </td>
                <td className={classes.number} data-label={t("financing.cash")}>
                  {f.terms && <Money value={f.terms.cash} />}
                  {f.terms && (
                    <span className={classes.when}>
                      <Whole text={t("financing.onDate", { day: f.terms.value_date })} />
                    </span>
                  )}
                </td>
                <td data-label={t("financing.recourse")}>{f.terms && t(f.terms.recourse ? "financing.withRecourse" : "financing.withoutRecourse")}</td>
                <td data-label={t("financing.state")}>
                  <StatusBadge status={statusOf(f, heldFor === f.id)} />
                  {f.phase === "QUOTED" && f.lapses_at && (
                    <span className={classes.when}>
                      <Whole text={t("financing.until", { when: instant(f.lapses_at) })} />
                    </span>
                  )}
                </td>
                {answers && (
                  <td className={classes.answer}>
                    {answerable(f) && (
                      <Group gap={8} wrap="nowrap">
                        <Button size="compact-sm" loading={accept.isPending} onClick={() => accept.mutate(f)}>
                          {t("financing.accept.button")}
                        </Button>
                        <Button size="compact-sm" variant="default" onClick={() => setDeclining(f)}>
                          {t("financing.decline.button")}
                        </Button>
                      </Group>
                    )}
                    {f.stage === "accepting" && <Text size="sm">{t("financing.takesUp")}</Text>}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {failed ? <ProblemNote error={failed} /> : null}
      {declining && (
        <ReasonSheet
          title={t("financing.decline.title", { bank: nameOf(declining.bank) })}
          label={t("financing.decline.reason")}
          missing={t("financing.decline.missing")}
          send={t("financing.decline.button")}
          onClose={() => setDeclining(undefined)}
          onSend={(reason) =>
            decline.mutateAsync({ f: declining, reason }).catch((error: unknown) => {
              if (!(error instanceof Cancelled)) throw error;
            })
          }
        >
          <Text size="sm">{t("financing.decline.consequence")}</Text>
        </ReasonSheet>
      )}
    </section>
  );
}
