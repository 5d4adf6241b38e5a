import { Text } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { keyCode } from "../../signing/digest";
import type { Key } from "../../signing/keys";
import { Badge, type Tone } from "../../ui/Badge";
import { instant } from "../../ui/format";
import { When } from "../../ui/When";
import { RevokeKey } from "./RevokeKey";
import classes from "./Settings.module.css";

export const tones: Record<Key["state"], Tone> = {
  waiting: "asked",
  active: "good",
  suspended: "attention",
  revoked: "bad",
  refused: "bad",
};

/** Keys of a person with their state; the code is what two people compare before one vouches for the other. */
export function KeyList({ list, person }: { list: Key[]; person: string }) {
  const { t } = useTranslation();
  return (
    <ul className={classes.list}>
      {list.map((key) => (
        <li key={key.id}>
          <div className={classes.grow}>
            <Text className={classes.name}>{key.name || t("settings.keys.first")}</Text>
            <Text className={classes.meta}>
              {t(`settings.keys.holder.${key.holder}`)} · <KeyCode publicKey={key.public_key} />
            </Text>
          </div>
          {key.holder === "browser" && <Badge tone="attention">{t("signing.demoKey")}</Badge>}
          <Badge tone={tones[key.state]}>{t(`settings.keys.state.${key.state}`)}</Badge>
          <span className={classes.meta}>
            {key.used_at ? (
              <When at={key.used_at}>{t("settings.keys.used", { at: instant(key.used_at) })}</When>
            ) : (
              <When at={key.created_at}>{t("settings.keys.made", { at: instant(key.created_at) })}</When>
            )}
          </span>
          {key.state === "active" && <RevokeKey person={person} subject={key} />}
        </li>
      ))}
    </ul>
  );
}

export const codeOf = (publicKey: string) =>
  queryOptions({
    queryKey: ["key-code", publicKey],
    queryFn: () => keyCode(publicKey),
    staleTime: Number.POSITIVE_INFINITY,
  });

export function KeyCode({ publicKey }: { publicKey: string }) {
  const code = useQuery(codeOf(publicKey));
  return <span className={classes.code} translate="no">{code.data ?? ""}</span>;
}
