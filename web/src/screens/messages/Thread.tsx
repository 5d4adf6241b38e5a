import { Button, Text, Textarea, Title } from "@mantine/core";
import { queryOptions, useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, taken } from "../../api/client";
import { useNames } from "../../api/names";
import { me } from "../../api/queries";
import { ProblemNote } from "../../ui/ProblemNote";
import { When } from "../../ui/When";
import classes from "./Thread.module.css";

/** What a thread is about. */
export type About = { kind: "financing" | "receivable"; id: string };

const pageSize = 100;
const mostLetters = 600; // fewer than the 2,000 bytes that are taken, whatever the script

const thread = ({ kind, id }: About) =>
  queryOptions({
    // The id stands in the key: the thread is asked again when what it is about changes.
    queryKey: ["messages", kind, id],
    queryFn: () =>
      kind === "financing"
        ? taken(api.GET("/v1/financings/{financing}/messages", { params: { path: { financing: id }, query: { limit: pageSize } } }))
        : taken(api.GET("/v1/receivables/{receivable}/messages", { params: { path: { receivable: id }, query: { limit: pageSize } } })),
    retry: false,
  });

const header = () => ({ "Idempotency-Key": window.crypto.randomUUID() });

/** What the parties wrote to each other, and a place to write. Who only reads the case sees none of it. */
export function Thread({ about, className }: { about: About; className?: string | undefined }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const heading = useId();
  const client = useQueryClient();
  const { data: actor } = useSuspenseQuery(me);
  const { data } = useQuery(thread(about));
  const [body, setBody] = useState("");
  const [fault, setFault] = useState("");
  const box = useRef<HTMLTextAreaElement>(null);
  const send = useMutation({
    mutationFn: (said: string) =>
      about.kind === "financing"
        ? taken(
            api.POST("/v1/financings/{financing}/messages", {
              params: { path: { financing: about.id }, header: header() },
              body: { body: said },
            }),
          )
        : taken(
            api.POST("/v1/receivables/{receivable}/messages", {
              params: { path: { receivable: about.id }, header: header() },
              body: { body: said },
            }),
          ),
    onSuccess: async () => {
      setBody("");
      await client.invalidateQueries({ queryKey: thread(about).queryKey });
    },
  });
  if (!data) return null;
  const writes = actor.roles.some((r) => r !== "admin");
  const go = () => {
    if (body.trim() === "") {
      setFault(t("messages.empty"));
      box.current?.focus();
      return;
    }
    setFault("");
    send.mutate(body.trim());
  };
  return (
    <section className={className} aria-labelledby={heading}>
      <Title order={2} id={heading}>
        {t("messages.title")}
      </Title>
      {data.items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t(about.kind === "financing" ? "messages.noneFinancing" : "messages.noneReceivable")}
        </Text>
      )}
      <ol className={classes.list}>
        {data.items.toReversed().map((m) => (
          <li key={m.id} className={classes.message} data-own={m.organisation === actor.organisation || undefined}>
            <Text size="xs" c="dimmed">
              <strong>{[m.by, nameOf(m.organisation)].filter(Boolean).join(", ")}</strong>{" "}
              <When at={m.at} />
            </Text>
            <p className={classes.body}>{m.body}</p>
          </li>
        ))}
      </ol>
      {writes && (
        <form
          noValidate
          className={classes.form}
          onSubmit={(e) => {
            e.preventDefault();
            go();
          }}
        >
          <Textarea
            ref={box}
            label={t("messages.write")}
            maxLength={mostLetters}
            rows={2}
            value={body}
            error={fault}
            onChange={(e) => setBody(e.currentTarget.value)}
          />
          {send.isError && <ProblemNote error={send.error} />}
          <Button type="submit" variant="default" mt={8} loading={send.isPending}>
            {t("messages.send")}
          </Button>
        </form>
      )}
    </section>
  );
}
