import { Button, Group, Loader, Stack, Text } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../api/client";
import { me } from "../api/queries";
import { FileWay } from "./FileWay";
import { authenticators, type Key, type Way } from "./keys";
import { KeyTrouble } from "./KeyTrouble";
import { useAddKey } from "./useAddKey";

type Props = { about: Schemas["Node"]; list: Key[]; onUse: (way: Way) => void; onClose: () => void };

/** What who has no key at hand can do: make one, and wait for the two admins who vouch for it. */
export function FirstKey({ about, list, onUse, onClose }: Props) {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const add = useAddKey({ about, actor, list });
  const waiting = list.some((k) => k.state === "waiting");
  return (
    <Stack gap="sm">
      {waiting ? (
        <Group gap="sm" role="status" wrap="nowrap">
          <Loader size="sm" />
          <Text size="sm">{t(about.demo ? "signing.vouchedSoon" : "signing.waitsForAdmins")}</Text>
        </Group>
      ) : (
        <Text size="sm">{t(about.demo ? "signing.noKeyDemo" : "signing.noKey")}</Text>
      )}
      {add.isError && <KeyTrouble error={add.error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {t("signing.cancel")}
        </Button>
        <FileWay list={list} onUse={onUse} />
        {!waiting && about.demo && (
          <Button variant="default" loading={add.isPending} onClick={() => add.mutate({ kind: "browser" })}>
            {t("signing.makeDemoKey")}
          </Button>
        )}
        {!waiting && authenticators() && (
          <Button
            data-autofocus
            loading={add.isPending}
            leftSection={<IconFingerprint size={18} aria-hidden />}
            onClick={() => add.mutate({ kind: "passkey" })}
          >
            {t("signing.makePasskey")}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
