import { Stack, Text, Title } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { me } from "../../api/queries";
import { Badge, type Tone } from "../../ui/Badge";
import { conflictsOf } from "./duties";
import { Enrol } from "./Enrol";
import { persons } from "./queries";
import classes from "./Settings.module.css";

export const tones: Record<Schemas["Colleague"]["state"], Tone> = {
  waiting: "asked",
  active: "good",
  suspended: "attention",
  revoked: "bad",
};

/** Who is of the organisation, with the duties that should not meet in one person. */
export function Team() {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const { data: people } = useSuspenseQuery(persons);
  const admin = actor.roles.includes("admin");
  return (
    <Stack gap="md">
      <div>
        <Title order={1}>{t("settings.team.title")}</Title>
        <Text size="sm" c="dimmed">
          {t("settings.team.text")}
        </Text>
      </div>
      <ul className={classes.list}>
        {people.map((p) => (
          <li key={p.person}>
            <div className={classes.grow}>
              {admin ? (
                <Link to="/settings/team/$id" params={{ id: p.person }} className={classes.name}>
                  {p.name}
                </Link>
              ) : (
                <span className={classes.name}>{p.name}</span>
              )}
              <Text className={classes.meta}>{p.email}</Text>
            </div>
            <span className={classes.standing}>
              <Text span size="sm">
                {p.roles.map((r) => t(`role.${r}`)).join(t("settings.and"))}
              </Text>
              <Badge tone={tones[p.state]}>{t(`settings.team.states.${p.state}`)}</Badge>
            </span>
            {p.state !== "revoked" && <Conflicts roles={p.roles} />}
          </li>
        ))}
      </ul>
      {admin && <Enrol />}
    </Stack>
  );
}

export function Conflicts({ roles }: { roles: Schemas["Role"][] }) {
  const { t } = useTranslation();
  const found = conflictsOf(roles);
  if (found.length === 0) return null;
  return (
    <div className={classes.conflict}>
      <Badge tone="attention">{t("settings.team.conflict")}</Badge>
      {found.map((word) => (
        <Text key={word} className={classes.meta}>
          {t(`settings.team.conflicts.${word}`)}
        </Text>
      ))}
    </div>
  );
}
