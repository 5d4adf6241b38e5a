import { Button, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { Badge } from "../../ui/Badge";
import { instant } from "../../ui/format";
import { When } from "../../ui/When";
import classes from "./Settings.module.css";

type Session = Schemas["OpenSession"];

const systems = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"];
const browsers = ["Edg", "Firefox", "Chrome", "Safari"];

/** What a browser says of itself, as far as people use the names. */
export function device(agent: string): string {
  const system = systems.find((name) => agent.includes(name));
  const program = browsers.find((name) => agent.includes(`${name}/`));
  return [program?.replace("Edg", "Edge"), system].filter(Boolean).join(", ");
}

export function SessionList({ list, onEnd }: { list: Session[]; onEnd?: (id: string) => void }) {
  const { t } = useTranslation();
  return (
    <ul className={classes.list}>
      {list.map((s) => (
        <li key={s.id}>
          <div className={classes.grow}>
            <Text className={classes.name} title={s.agent}>
              {device(s.agent) ? <span translate="no">{device(s.agent)}</span> : t("settings.security.unknownDevice")}
            </Text>
            <Text className={classes.meta}>{t(s.passkey ? "settings.security.passkey" : "settings.security.password")}</Text>
          </div>
          <When at={s.created_at} className={classes.meta}>{t("settings.security.since", { at: instant(s.created_at) })}</When>
          <When at={s.seen_at} className={classes.meta}>{t("settings.security.seen", { at: instant(s.seen_at) })}</When>
          {s.own && <Badge tone="good">{t("settings.security.this")}</Badge>}
          {onEnd && !s.own && (
            <Button size="xs" variant="default" onClick={() => onEnd(s.id)}>
              {t("settings.security.end")}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
