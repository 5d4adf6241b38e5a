import { ActionIcon, Anchor, Group, Loader, Modal } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconX } from "@tabler/icons-react";
import { usePrefetchQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { original, paper } from "../../api/queries";
import { Original } from "../../source/Original";
import { findingPlaces } from "../../source/places";
import { ProblemNote } from "../../ui/ProblemNote";
import classes from "./Documents.module.css";

/** A look into a paper: beside the list, or over it where there is no room beside it. */
export function Preview({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const phone = useMediaQuery("(width < 48em)", false, { getInitialValueInEffect: false });
  const open = (
    <Anchor component={Link} {...({ to: `/documents/${id}` } as object)}>
      {t("documents.open")}
    </Anchor>
  );
  if (phone) {
    return (
      <Modal
        opened
        fullScreen
        onClose={onClose}
        title={t("documents.preview")}
        closeButtonProps={{ "aria-label": t("common.close") }}
        attributes={{ header: { role: "presentation" } }}
      >
        <div className={classes.look}>
          {open}
          <Paper id={id} />
        </div>
      </Modal>
    );
  }
  return (
    <aside className={classes.preview} aria-label={t("documents.preview")}>
      <Group justify="space-between" p={8}>
        {open}
        <ActionIcon variant="subtle" aria-label={t("common.close")} onClick={onClose}>
          <IconX size={16} />
        </ActionIcon>
      </Group>
      <Paper id={id} />
    </aside>
  );
}

function Paper({ id }: { id: string }) {
  const { t, i18n } = useTranslation();
  const { data, error, refetch } = useQuery(paper(id, i18n.language));
  const places = useMemo(() => findingPlaces(data?.findings ?? []), [data]);
  usePrefetchQuery(original(id)); // beside what is said of it, not after
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loader m="md" size="sm" aria-label={t("common.loading")} />;
  return (
    <div className={classes.original}>
      <Original id={data.id} read={data} places={places} chosen={undefined} placesFirst />
    </div>
  );
}
