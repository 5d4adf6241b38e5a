import { Button, Text } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { PaperDocument } from "../../api/client";
import { useNames } from "../../api/names";
import { me } from "../../api/queries";

/** Whether the person at the screen may type in the fields of a paper. */
export function useMine(document: PaperDocument): boolean {
  const { data: actor } = useSuspenseQuery(me);
  return document.organisation === actor.organisation && (actor.roles.includes("maker") || actor.roles.includes("operator"));
}

/** Who types in the fields of a paper: others than they have nothing to press. */
export function NotYours({ document }: { document: PaperDocument }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  return <Text size="sm">{t("fields.notYours", { name: nameOf(document.organisation) })}</Text>;
}

/** What is to be done with a paper whose fields nobody has typed in. */
export function TypeIn({ document }: { document: PaperDocument }) {
  const { t } = useTranslation();
  const mine = useMine(document);
  if (!mine) return <NotYours document={document} />;
  return (
    <Button component={Link} to={`/documents/${document.id}/fields`}>
      {t("fields.typeIn")}
    </Button>
  );
}
