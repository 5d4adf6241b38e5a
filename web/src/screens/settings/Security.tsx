import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, taken } from "../../api/client";
import { ProblemNote } from "../../ui/ProblemNote";
import { Codes } from "./Codes";
import { sessions } from "./queries";
import { SessionList } from "./SessionList";

/** Where the person is signed in, and the second step after the password. */
export function Security() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data: list } = useSuspenseQuery(sessions);
  const end = useMutation({
    mutationFn: (id?: string) =>
      id
        ? taken(api.DELETE("/v1/sessions/{session}", { params: { path: { session: id } } }))
        : taken(api.DELETE("/v1/sessions")),
    onSettled: () => client.invalidateQueries({ queryKey: sessions.queryKey }),
  });
  return (
    <Stack gap="lg">
      <Title order={1}>{t("settings.security.title")}</Title>
      <section aria-labelledby="sessions">
        <Group justify="space-between">
          <Title order={2} id="sessions">
            {t("settings.security.sessions")}
          </Title>
          {list.length > 1 && (
            <Button size="xs" variant="default" loading={end.isPending} onClick={() => end.mutate(undefined)}>
              {t("settings.security.endOthers")}
            </Button>
          )}
        </Group>
        <Text size="sm" c="dimmed" mt={8}>
          {t("settings.security.sessionsText")}
        </Text>
        {end.isError && <ProblemNote error={end.error} />}
        <SessionList list={list} onEnd={(id) => end.mutate(id)} />
      </section>
      <Codes />
    </Stack>
  );
}
