import { ActionIcon, Button, Checkbox, Group, Menu, Modal, Stack, TextInput } from "@mantine/core";
import { IconBookmark, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { parseSearchWith, stringifySearchWith } from "@tanstack/react-router";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, taken } from "../api/client";
import { views } from "../api/queries";
import lists from "./List.module.css";
import { ProblemNote } from "./ProblemNote";

const read = parseSearchWith(JSON.parse);
const written = stringifySearchWith(JSON.stringify, JSON.parse);

type Props = { screen: string; search: object; onOpen: (search: Record<string, unknown>) => void };

/** The saved views of a list: opens one, saves what is shown now, takes one away. */
export function SavedViews({ screen, search, onOpen }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data } = useQuery(views(screen));
  const [saving, setSaving] = useState(false);
  const name = useRef<HTMLInputElement>(null);
  const [missing, setMissing] = useState(false);
  const again = () => client.invalidateQueries({ queryKey: ["views", screen] });
  const save = useMutation({
    mutationFn: (body: { name: string; shared: boolean }) =>
      taken(
        api.POST("/v1/views", {
          params: { header: { "Idempotency-Key": crypto.randomUUID() } },
          body: { screen, query: written(search).replace(/^\?/, ""), ...body },
        }),
      ),
    onSuccess: async () => {
      setSaving(false);
      await again();
    },
  });
  const drop = useMutation({
    mutationFn: (view: string) => taken(api.DELETE("/v1/views/{view}", { params: { path: { view } } })),
    onSuccess: again,
  });
  const submit = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    const typed = name.current?.value.trim() ?? "";
    setMissing(typed === "");
    if (typed === "") name.current?.focus();
    else save.mutate({ name: typed, shared: new FormData(e.currentTarget).get("shared") === "on" });
  };
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button size="xs" variant="default" className={lists.tool} leftSection={<IconBookmark size={14} aria-hidden />}>
            <span className={lists.word}>{t("views.title")}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {data?.items.map((v) => (
            <Menu.Item key={v.id} onClick={() => onOpen(read(v.query))}>
              {v.own ? v.name : t("views.shared", { name: v.name })}
            </Menu.Item>
          ))}
          {data?.items.length === 0 && <Menu.Label>{t("views.none")}</Menu.Label>}
          <Menu.Divider />
          <Menu.Item onClick={() => setSaving(true)}>{t("views.save")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={saving} onClose={() => setSaving(false)} title={t("views.save")} closeButtonProps={{ "aria-label": t("common.close") }}>
        <form onSubmit={submit} noValidate>
          <Stack gap="sm">
            <TextInput ref={name} label={t("views.name")} maxLength={60} error={missing && t("views.nameMissing")} data-autofocus />
            <Checkbox name="shared" label={t("views.share")} />
            {save.error && <ProblemNote error={save.error} />}
            <Group justify="flex-end">
              <Button type="submit" loading={save.isPending}>
                {t("views.keep")}
              </Button>
            </Group>
            {data?.items
              .filter((v) => v.own)
              .map((v) => (
                <Group key={v.id} justify="space-between" wrap="nowrap">
                  <span>{v.name}</span>
                  <ActionIcon variant="subtle" aria-label={t("views.drop", { name: v.name })} onClick={() => drop.mutate(v.id)}>
                    <IconTrash size={16} />
                  </ActionIcon>
                </Group>
              ))}
          </Stack>
        </form>
      </Modal>
    </>
  );
}
