import { ActionIcon, Button, Group, Text } from "@mantine/core";
import { IconRefresh, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/client";
import { Badge, type Tone } from "../ui/Badge";
import { type Batch, type Item, isOver, useTray } from "./tray";
import classes from "./TrayPanel.module.css";

export const tones: Record<Item["state"], Tone> = {
  waiting: "quiet",
  sending: "busy",
  done: "good",
  already: "quiet",
  failed: "bad",
  cancelled: "quiet",
  "too-large": "bad",
};

function Row({ item }: { item: Item }) {
  const { t } = useTranslation();
  const { cancel, retry } = useTray();
  const percent = Math.floor(item.share * 100);
  const words = {
    waiting: t("upload.waiting"),
    sending: t("upload.sending", { percent }),
    done: t("upload.done"),
    already: t("upload.already"),
    failed: t("upload.failed"),
    cancelled: t("upload.cancelled"),
    "too-large": t("upload.failed"),
  }[item.state];
  const why =
    item.state === "too-large"
      ? t("upload.tooLarge")
      : item.error instanceof Problem
        ? item.error.message
        : item.error
          ? t("failure.network")
          : "";
  return (
    <li className={classes.row}>
      <Group gap={8} wrap="nowrap">
        <span className={classes.name} title={item.file.name}>
          {item.file.name}
        </span>
        <Badge tone={tones[item.state]}>{words}</Badge>
        {!isOver(item) && (
          <ActionIcon size="sm" variant="subtle" aria-label={t("upload.cancel", { file: item.file.name })} onClick={() => cancel(item.id)}>
            <IconX size={14} />
          </ActionIcon>
        )}
        {(item.state === "failed" || item.state === "cancelled") && (
          <ActionIcon size="sm" variant="subtle" aria-label={t("upload.retry", { file: item.file.name })} onClick={() => retry(item.id)}>
            <IconRefresh size={14} />
          </ActionIcon>
        )}
      </Group>
      {item.state === "sending" && (
        <progress className={classes.bar} max={100} value={percent} aria-label={item.file.name} />
      )}
      {why && (
        <Text size="xs" role="alert">
          {why}
        </Text>
      )}
    </li>
  );
}

/** Where files went that were dropped without a trade. */
function BatchRow({ batch }: { batch: Batch }) {
  const { t } = useTranslation();
  const told = {
    sending: null,
    reading: <Text size="sm">{t("upload.reading")}</Text>,
    filed: batch.pack && (
      <Text size="sm">
        {t("upload.filed")}{" "}
        <Link to="/packs/$id" params={{ id: batch.pack.id }} className={classes.link}>
          {batch.pack.title}
        </Link>
      </Text>
    ),
    asks: batch.documents && (
      <Link to="/upload" search={{ documents: batch.documents.join(",") }} className={classes.link}>
        {t("upload.asks")}
      </Link>
    ),
    failed: batch.error ? (
      <Text size="sm" role="alert">
        {batch.error instanceof Problem ? batch.error.message : t("failure.network")}
      </Text>
    ) : null,
  }[batch.state];
  if (!told) return null;
  return <li className={classes.row}>{told}</li>;
}

/** The files on their way, at the bottom right of every screen. */
export function TrayPanel() {
  const { t } = useTranslation();
  const { items, batches, clear } = useTray();
  if (items.length === 0) return null;
  return (
    <aside className={classes.tray} aria-label={t("upload.list")}>
      <ul className={classes.list}>
        {items.map((item) => (
          <Row key={item.id} item={item} />
        ))}
        {batches.map((batch) => (
          <BatchRow key={batch.id} batch={batch} />
        ))}
      </ul>
      {items.some(isOver) && (
        <Button size="compact-xs" variant="subtle" m={6} onClick={clear}>
          {t("upload.close")}
        </Button>
      )}
    </aside>
  );
}
