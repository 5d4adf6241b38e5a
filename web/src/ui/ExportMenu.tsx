import { ActionIcon, Anchor, Button, Group, Loader, Menu, Paper, Portal, Text } from "@mantine/core";
import { IconDownload, IconX } from "@tabler/icons-react";
import { queryOptions, useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas, taken } from "../api/client";
import { shows } from "../live/live";
import classes from "./ExportMenu.module.css";
import lists from "./List.module.css";
import { count } from "./format";
import { ProblemNote } from "./ProblemNote";

type List = Schemas["ExportList"]["list"];
type Format = Schemas["ExportList"]["format"];

const formats: Format[] = ["csv", "xlsx", "pdf"];

/** The values of a query as an address has them: each value of a list by itself. */
export function written(query: object): string {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(query) as [string, unknown][]) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (one !== undefined && one !== null && one !== "") out.append(name, String(one));
    }
  }
  return out.toString();
}

/** Has a list made as a file, as the query of its own address narrows it. */
export const ask = (body: { list: List; query: object; format: Format }) =>
  taken(
    api.POST("/v1/exports", {
      params: { header: { "Idempotency-Key": crypto.randomUUID() } },
      body: { list: body.list, query: written(body.query), format: body.format },
    }),
  );

export const report = (id: string) =>
  queryOptions({
    queryKey: ["reports", id],
    queryFn: () => taken(api.GET("/v1/reports/{report}", { params: { path: { report: id } } })),
    meta: shows("report"),
    refetchInterval: (q) => (q.state.data?.state === "waiting" ? 3_000 : false),
  });

type Props = {
  /** The list, and the query of its address in the API: exactly these rows are in the file. */
  list: List;
  query: object;
};

/** Takes a list out as a file: asked for here, made by the server, fetched when it is ready. */
export function ExportMenu({ list, query }: Props) {
  const { t } = useTranslation();
  const make = useMutation({ mutationFn: (format: Format) => ask({ list, query, format }) });
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button
            size="xs"
            variant="default"
            className={lists.tool}
            loading={make.isPending}
            leftSection={<IconDownload size={14} aria-hidden />}
            aria-label={t("export.label", { list: t(`export.list.${list}`) })}
          >
            <span className={lists.word}>{t("export.button")}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {formats.map((f) => (
            <Menu.Item key={f} onClick={() => make.mutate(f)}>
              {t(`export.${f}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {(make.data || make.isError) && (
        <Portal>
          <Paper withBorder className={classes.note} role="status">
            <ActionIcon variant="subtle" size="sm" className={classes.close} aria-label={t("export.close")} onClick={() => make.reset()}>
              <IconX size={14} />
            </ActionIcon>
            {make.isError ? <ProblemNote error={make.error} /> : <Progress key={make.data?.id} id={make.data?.id ?? ""} />}
          </Paper>
        </Portal>
      )}
    </>
  );
}

/** How far a file is; it is fetched once when it is made. */
function Progress({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data } = useQuery(report(id));
  const link = useRef<HTMLAnchorElement>(null);
  const url = data?.file_url;
  useEffect(() => {
    if (url) link.current?.click();
  }, [url]);
  if (data?.state === "failed") return <Text size="sm">{t("export.failed")}</Text>;
  if (!url) {
    return (
      <Group gap={8} wrap="nowrap">
        <Loader size="xs" aria-hidden />
        <Text size="sm">{t("export.making")}</Text>
      </Group>
    );
  }
  const rows = data.rows ?? 0;
  return (
    <>
      <Text size="sm" fw={600} data-testid="exported">
        {t("export.made", { count: rows, shown: count(rows) })}
      </Text>
      <Group gap={12}>
        <Anchor ref={link} href={url} download size="sm">
          {t("export.download")}
        </Anchor>
        <Anchor component={Link} to="/reports" size="sm">
          {t("export.all")}
        </Anchor>
      </Group>
    </>
  );
}
