import { Button, Group, Text, Title } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Pack } from "../../api/client";
import { me } from "../../api/queries";
import { AskSheet } from "./AskSheet";
import { mayAsk, packRequests } from "./queries";
import { RequestList } from "./RequestList";

/** What the organisation asked the other parties of a trade for, and was asked. */
export function PackRequests({ pack, className }: { pack: Pack; className?: string | undefined }) {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const { data } = useQuery(packRequests(pack.id));
  const [asking, setAsking] = useState(false);
  const items = data?.items ?? [];
  return (
    <section className={className}>
      <Group gap="sm">
        <Title order={2}>{t("requests.inPack")}</Title>
        {mayAsk(actor) && (
          <Button size="compact-sm" variant="default" onClick={() => setAsking(true)}>
            {t("requests.ask.open")}
          </Button>
        )}
      </Group>
      {data && items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("requests.noneInPack")}
        </Text>
      )}
      <RequestList items={items} within="pack" />
      {asking && <AskSheet pack={pack} wanted={{}} onClose={() => setAsking(false)} />}
    </section>
  );
}
