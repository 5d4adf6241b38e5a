import { Anchor, Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas, taken } from "../../api/client";
import { Cancelled, useSigning } from "../../signing/signing";
import { Badge } from "../../ui/Badge";
import { ProblemNote } from "../../ui/ProblemNote";
import { KeyList } from "./KeyList";
import { personOf, persons } from "./queries";
import { SessionList } from "./SessionList";
import classes from "./Settings.module.css";
import { Conflicts, tones } from "./Team";

/** A colleague with keys and sessions, and how they leave. */
export function Person() {
  const { t } = useTranslation();
  const { id } = useParams({ from: "/inside/settings/team/$id" });
  const { data } = useSuspenseQuery(personOf(id));
  const { data: people } = useSuspenseQuery(persons);
  const who = data.person;
  // The ledger refuses what would leave fewer than two admins.
  const admins = people.filter((p) => p.state === "active" && p.roles.includes("admin")).length;
  const needed = who.roles.includes("admin") && admins <= 2;
  return (
    <Stack gap="md">
      <Anchor component={Link} to="/settings/team" size="sm">
        {t("settings.team.back")}
      </Anchor>
      <div>
        <Group gap="sm">
          <Title order={1}>{who.name}</Title>
          <Badge tone={tones[who.state]}>{t(`settings.team.states.${who.state}`)}</Badge>
        </Group>
        <Text size="sm" c="dimmed">
          {[who.email, ...who.roles.map((r) => t(`role.${r}`))].join(" · ")}
        </Text>
        <Conflicts roles={who.roles} />
      </div>
      <section aria-labelledby="sessions">
        <Title order={2} id="sessions">
          {t("settings.team.sessions")}
        </Title>
        {data.sessions.length === 0 ? <Text size="sm">{t("settings.team.sessionsNone")}</Text> : <SessionList list={data.sessions} />}
      </section>
      <section aria-labelledby="keys">
        <Title order={2} id="keys">
          {t("settings.team.keys")}
        </Title>
        <KeyList list={data.keys} person={who.person} />
      </section>
      {who.state === "active" && (needed ? <Needed /> : <Deactivate who={data} />)}
    </Stack>
  );
}

/** An admin whom the organisation cannot do without. */
function Needed() {
  const { t } = useTranslation();
  return (
    <div>
      <Title order={2} mb={4}>
        {t("settings.team.revoke")}
      </Title>
      <Text size="sm">{t("settings.team.lastAdmin")}</Text>
    </div>
  );
}

function Deactivate({ who }: { who: Schemas["ColleagueDetail"] }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { sign } = useSigning();
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const box = useRef<HTMLInputElement>(null);
  const { name, person: id } = who.person;
  const leave = useMutation({
    mutationFn: async () => {
      const intent = await taken(
        api.POST("/v1/persons/{person}/revocation", {
          body: { reason: reason.trim() },
          params: { path: { person: id }, header: { "Idempotency-Key": crypto.randomUUID() } },
        }),
      );
      const keys = who.keys.filter((k) => k.state === "active").length;
      try {
        await sign({
          title: t("settings.team.revokeTitle", { name }),
          consequence: t("settings.team.revokeConsequence", { name, sessions: who.sessions.length, keys }),
          intents: [intent],
        });
      } catch (error) {
        if (!(error instanceof Cancelled)) throw error;
        // Nothing was signed: what was prepared is taken back.
        await api.POST("/v1/intents/{intent}/withdrawal", {
          params: { path: { intent: intent.id }, header: { "Idempotency-Key": crypto.randomUUID() } },
        });
      }
    },
    onSettled: () =>
      Promise.all([personOf(id), persons].map(({ queryKey }) => client.invalidateQueries({ queryKey: [...queryKey] }))),
  });
  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={(e) => {
        e.preventDefault();
        setMissing(reason.trim() === "");
        if (reason.trim() === "") box.current?.focus();
        else leave.mutate();
      }}
    >
      <Title order={2} mb={4}>
        {t("settings.team.revoke")}
      </Title>
      <Text size="sm" mb="sm">
        {t("settings.team.revokeText")}
      </Text>
      <TextInput
        ref={box}
        label={t("settings.keys.reason")}
        value={reason}
        maxLength={200}
        error={missing && t("settings.team.reasonMissing")}
        onChange={(e) => setReason(e.currentTarget.value)}
      />
      {leave.isError && <ProblemNote error={leave.error} />}
      <Button mt="sm" type="submit" color="red" loading={leave.isPending}>
        {t("settings.team.revokeNow", { name })}
      </Button>
    </form>
  );
}
